import type { Scalar } from 'yaml'

const escapeLengths: Record<string, number> = { x: 4, u: 6, U: 10 }
const isBlank = (character: string | undefined) => character !== undefined && ' \t\n\r\f'.includes(character)

function skipBlanks(text: string, at: number): number {
  let after = at
  while (isBlank(text[after])) after++
  return after
}

/** Where the content of a scalar begins: behind its quote, or on the line after `|` or `>`. */
function contentStart(source: string, scalar: Scalar): number {
  const start = scalar.range?.[0] ?? 0
  if (scalar.type === 'QUOTE_DOUBLE' || scalar.type === 'QUOTE_SINGLE') return start + 1
  if (scalar.type !== 'BLOCK_LITERAL' && scalar.type !== 'BLOCK_FOLDED') return start
  return source.indexOf('\n', start) + 1
}

/** Length in the source of one unit of the value that is no blank. */
function spelledLength(source: string, at: number, type: Scalar['type']): number {
  if (type === 'QUOTE_SINGLE' && source[at] === "'") return 2
  if (type !== 'QUOTE_DOUBLE' || source[at] !== '\\') return 1
  return escapeLengths[source[at + 1] ?? ''] ?? 2
}

/**
 * Where a place in the value of a YAML string stands in the source: both are walked side by side, through
 * quotes, escapes, folded lines and indentation.
 * @param index UTF-16 index into the value
 */
export function offsetInSource(source: string, scalar: Scalar, index: number): number {
  const value = String(scalar.value)
  const end = scalar.range?.[1] ?? source.length
  let at = contentStart(source, scalar)
  let i = 0
  while (i < index && at < end) {
    if (isBlank(source[at])) {
      const after = skipBlanks(source, at)
      const isFolded = !isBlank(value[i]) || source.slice(at, after).includes('\n')
      i = isFolded ? skipBlanks(value, i) : i + 1
      at = isFolded ? after : at + 1
    } else if (scalar.type === 'QUOTE_DOUBLE' && source[at] === '\\' && source[at + 1] === '\n') {
      at = skipBlanks(source, at + 1)
    } else {
      at += spelledLength(source, at, scalar.type)
      i += (value.codePointAt(i) ?? 0) > 0xffff && source[at - 1] !== value[i] ? 2 : 1
    }
  }
  return isBlank(value[index]) ? at : Math.min(skipBlanks(source, at), end)
}
