/** What a reader sees nothing of: blanks, controls, and characters that are ignored where they cannot be shown. */
const unseen = /[\s\p{Cc}\p{Cf}\p{DI}\p{Z}]/gu

/**
 * A character that can be seen, for a JSON schema: of the characters up to U+FFFF the same as `unseen`, in ranges,
 * since not every reader of a schema knows Unicode's properties.
 */
export const visiblePattern =
  '[^\\u0000-\\u0020\\u007f-\\u00a0\\u00ad\\u034f\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb]'

/** Of a text that a person has to write, what can be seen; a reason of blanks and invisible characters is none. */
export function visible(text: string): string {
  return text.replace(unseen, '')
}
