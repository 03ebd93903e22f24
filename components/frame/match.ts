/**
 * How well what somebody types fits a name: 0 is not at all. Each word typed must stand in it, and counts more at its
 * beginning and at the beginning of a word; letters in order that are not beside each other count least.
 */
export function matchScore(typed: string, name: string): number {
  const text = name.toLowerCase()
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  let sum = 0
  for (const word of words) {
    const score = scoreOf(word, text)
    if (score === 0) return 0
    sum += score
  }
  return words.length === 0 ? 0 : sum / words.length
}

function scoreOf(word: string, text: string): number {
  const at = text.indexOf(word)
  if (at === 0) return 1
  if (at > 0) return startsWord(text, word) ? 0.8 : 0.5
  return word.length > 1 && hasInOrder(word, text) ? 0.2 : 0
}

function startsWord(text: string, word: string): boolean {
  return text.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word))
}

/** Each letter of the word is found after the one before it, the first at the beginning of a word. */
function hasInOrder(word: string, text: string): boolean {
  const first = text.split(/[^\p{L}\p{N}]+/u).findIndex((part) => part.startsWith(word.charAt(0)))
  if (first < 0) return false
  let at = 0
  for (const letter of word) {
    at = text.indexOf(letter, at) + 1
    if (at === 0) return false
  }
  return true
}
