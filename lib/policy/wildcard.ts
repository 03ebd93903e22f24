/** Whether one character, given as its code, is in a class. */
export type Class = { isNegated: boolean; ranges: [number, number][] }
/** A code of a character, any one character, any text, or one character of a class. */
export type Part = number | 'any' | 'star' | Class

/** Whether an entry's tool is a wildcard rather than a name. */
export function isWildcard(pattern: string): boolean {
  return /[*?[]/.test(pattern)
}

function readClass(body: string): Class {
  const isNegated = body.startsWith('!')
  const ranges: [number, number][] = []
  for (let i = isNegated ? 1 : 0; i < body.length; i++) {
    const low = body.charCodeAt(i)
    const isRange = body[i + 1] === '-' && i + 2 < body.length
    ranges.push([low, isRange ? body.charCodeAt(i + 2) : low])
    if (isRange) i += 2
  }
  return { isNegated, ranges }
}

/** Index of the `]` that closes a class opened at `start`; a `]` that comes first is a member. -1: none. */
function classEnd(pattern: string, start: number): number {
  let from = start + 1
  if (pattern[from] === '!') from++
  if (pattern[from] === ']') from++
  return pattern.indexOf(']', from)
}

export function readParts(pattern: string): Part[] {
  const parts: Part[] = []
  for (let i = 0; i < pattern.length; i++) {
    const end = pattern[i] === '[' ? classEnd(pattern, i) : -1
    if (end >= 0) {
      parts.push(readClass(pattern.slice(i + 1, end)))
      i = end
    } else if (pattern[i] === '*') {
      if (parts[parts.length - 1] !== 'star') parts.push('star')
    } else parts.push(pattern[i] === '?' ? 'any' : pattern.charCodeAt(i))
  }
  return parts
}

/** Whether a part takes a character, given as its code. */
export function accepts(part: Part | undefined, code: number): boolean {
  if (typeof part === 'number') return part === code
  if (part === 'any') return true
  if (part === undefined || part === 'star') return false
  return part.ranges.some(([low, high]) => low <= code && code <= high) !== part.isNegated
}

/**
 * Makes a pattern ready to test whole names as Python's `fnmatch.fnmatchcase` does: `*` any text, `?` one
 * character, `[abc]`, `[a-z]`, `[!abc]`; a `[` that is never closed stands for itself. Takes at most
 * length of pattern times length of name steps, whatever the pattern.
 */
export function compileWildcard(pattern: string): (name: string) => boolean {
  const parts = readParts(pattern)
  return (name) => {
    let at = 0
    let part = 0
    let star = -1
    let starAt = 0
    while (at < name.length) {
      if (parts[part] === 'star') {
        star = part++
        starAt = at
      } else if (accepts(parts[part], name.charCodeAt(at))) {
        at++
        part++
      } else if (star >= 0) {
        part = star + 1
        at = ++starAt
      } else return false
    }
    while (parts[part] === 'star') part++
    return part === parts.length
  }
}

/** A pattern as a regular expression of PostgreSQL over whole names, which takes what `compileWildcard` takes. */
export function wildcardExpression(pattern: string): string {
  return `^${readParts(pattern).map(expressionOf).join('')}$`
}

const unit = (code: number) => String.raw`\u${code.toString(16).padStart(4, '0')}`

function expressionOf(part: Part): string {
  if (part === 'star') return '.*'
  if (part === 'any') return '.'
  if (typeof part === 'number') return unit(part)
  const ranges = part.ranges
    .filter(([low, high]) => low <= high)
    .map(([low, high]) => `${unit(low)}-${unit(high)}`)
  if (ranges.length > 0) return `[${part.isNegated ? '^' : ''}${ranges.join('')}]`
  return part.isNegated ? '.' : String.raw`[^\u0001-\uffff]`
}

/** Whether a pattern's literal characters can all stand in a tool's name (`A-Z a-z 0-9 _ . : / -`). */
export function canMatchTools(pattern: string): boolean {
  return readParts(pattern).every(
    (part) => typeof part !== 'number' || /[A-Za-z0-9_.:/-]/.test(String.fromCharCode(part)),
  )
}
