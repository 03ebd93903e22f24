/** What a reader sees nothing of: blanks, controls, and characters that are ignored where they cannot be shown. */
const unseen = /[\s\p{Cc}\p{Cf}\p{DI}\p{Z}]/gu

/** Of a text that a person has to write, what can be seen; a reason of blanks and invisible characters is none. */
export function visible(text: string): string {
  return text.replace(unseen, '')
}
