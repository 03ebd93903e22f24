/** Scripts with letters that pass for those of another. */
const lookalikes = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Coptic',
  'Armenian',
  'Georgian',
  'Cherokee',
  'Lisu',
  'Hebrew',
  'Arabic',
]

/** Written together within a word in ordinary Chinese, Japanese and Korean text, Latin letters included. */
const eastAsian = ['Han', 'Hiragana', 'Katakana', 'Bopomofo', 'Hangul']

const classOf = (scripts: string[]) => scripts.map((script) => `\\p{Script=${script}}`).join('')
const withShared = (script: string) =>
  `[_${classOf([script, 'Common', 'Inherited', ...(script === 'Latin' ? eastAsian : [])])}]+`

const words = /[\p{L}\p{M}\p{N}_]+/gu
const beyondAscii = /[^\0-\x7f]/
const hasLookalike = new RegExp(`[${classOf(lookalikes)}]`, 'u')
const isOneScript = new RegExp(`^(?:${lookalikes.map(withShared).join('|')})$`, 'u')

/**
 * Whether one word mixes scripts whose letters look alike, such as Latin and Cyrillic (after Unicode UTS 39,
 * section 5, "highly restrictive"). It is a hint, not a proof: `kΩ` is mixed, and a word wholly of Cyrillic
 * letters that passes for an English one is not. Linear in the text.
 */
export function hasMixedScripts(text: string): boolean {
  if (!beyondAscii.test(text)) return false
  for (const [word] of text.matchAll(words)) {
    if (beyondAscii.test(word) && hasLookalike.test(word) && !isOneScript.test(word)) return true
  }
  return false
}
