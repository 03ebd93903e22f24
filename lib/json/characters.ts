/** Length of a text in characters (Unicode code points); a lone surrogate counts as one. */
export function countCharacters(text: string): number {
  let count = text.length
  for (let at = 1; at < text.length; at++) {
    if (isLowSurrogate(text.charCodeAt(at)) && isHighSurrogate(text.charCodeAt(at - 1))) count--
  }
  return count
}

/** Whether a UTF-16 unit is the first half of a character beyond U+FFFF. */
export function isHighSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800
}

/** Whether a UTF-16 unit is the second half of a character beyond U+FFFF. */
export function isLowSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00
}
