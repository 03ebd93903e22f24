import { ConditionError } from './problem'

const simpleEscapes: Record<string, string> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
}
const hexLengths: Record<string, number> = { x: 2, u: 4, U: 8 }
const known = '`\\\\ \\\' \\" \\n \\r \\t \\b \\f \\0 \\xhh \\uhhhh \\Uhhhhhhhh`'

/** What the escape at a backslash stands for, and the index after it. */
function readEscape(text: string, at: number): { value: string; end: number } {
  const letter = text[at + 1] ?? ''
  const simple = simpleEscapes[letter]
  if (simple !== undefined) return { value: simple, end: at + 2 }
  // To Python \01 is one octal escape, so \0 stands for itself only where no octal digit follows.
  if (letter === '0') {
    if (!/[0-7]/.test(text[at + 2] ?? '')) return { value: '\0', end: at + 2 }
    throw new ConditionError('octal escapes are not in the language: write `\\x00` before a digit', at)
  }
  const length = hexLengths[letter]
  if (length === undefined) {
    const spelled =
      letter === '' || letter === '\n' ? '\\' : `\\${String.fromCodePoint(text.codePointAt(at + 1) ?? 0)}`
    throw new ConditionError(`unknown escape \`${spelled}\`: known are ${known}; a backslash is \`\\\\\``, at)
  }
  const digits = text.slice(at + 2, at + 2 + length)
  if (digits.length < length || !/^[0-9a-fA-F]+$/.test(digits)) {
    throw new ConditionError(`\`\\${letter}\` takes exactly ${length} hexadecimal digits`, at)
  }
  const code = parseInt(digits, 16)
  if (code > 0x10ffff) throw new ConditionError('the last character there is is `\\U0010ffff`', at)
  if (code >= 0xd800 && code <= 0xdfff) {
    throw new ConditionError('a surrogate is half a character: write the whole one as `\\Uhhhhhhhh`', at)
  }
  return { value: String.fromCodePoint(code), end: at + 2 + length }
}

/**
 * Reads the string literal whose quote stands at `start`: its value and the index after its closing quote.
 * @throws ConditionError for triple quotes, a string that does not end on its line, an unknown escape.
 */
export function readString(text: string, start: number): { text: string; end: number } {
  const quote = text[start] ?? ''
  if (text.startsWith(quote.repeat(3), start)) {
    throw new ConditionError(`triple quotes are not in the language: write one ${quote} on each side`, start)
  }
  let value = ''
  let from = start + 1
  for (let at = from; at < text.length; at++) {
    const character = text[at]
    if (character === quote) return { text: value + text.slice(from, at), end: at + 1 }
    if (character === '\n' || character === '\r') break
    if (character !== '\\') continue
    const escape = readEscape(text, at)
    value += text.slice(from, at) + escape.value
    from = escape.end
    at = escape.end - 1
  }
  throw new ConditionError(`this string never ends: close it with ${quote} on the same line`, start)
}
