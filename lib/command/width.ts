import { eastAsianWidth } from 'get-east-asian-width'

const clusters = new Intl.Segmenter('en', { granularity: 'grapheme' })
const unseen = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]$/u
const pictured = /\p{Emoji_Presentation}|\ufe0f/u

function cellsOf(cluster: string): number {
  if (pictured.test(cluster)) return 2
  let widest = 0
  for (const character of cluster) {
    if (!unseen.test(character)) widest = Math.max(widest, eastAsianWidth(character.codePointAt(0)!))
  }
  return widest
}

const isPlain = /^[\x20-\x7e]*$/

/** How many columns of a terminal a text takes: two for wide characters and emoji, none for combining marks (UAX 11). */
export function cells(text: string): number {
  if (isPlain.test(text)) return text.length
  let sum = 0
  for (const { segment } of clusters.segment(text)) sum += cellsOf(segment)
  return sum
}

const closing = { '\u2068': 1, '\u2069': -1 } as Record<string, number>

/** The beginning of a text that takes at most so many columns, with `…` where something is left out; isolates stay closed. */
export function fitted(text: string, columns: number): string {
  if (cells(text) <= columns) return text
  let shown = ''
  let left = columns - 1
  let open = 0
  for (const { segment } of clusters.segment(text)) {
    left -= cellsOf(segment)
    if (left < 0) break
    shown += segment
    for (const character of segment) open += closing[character] ?? 0
  }
  return `${shown}${'\u2069'.repeat(Math.max(0, open))}…`
}

/** A text on lines of at most so many columns, broken at blanks where there are any. */
export function folded(text: string, columns: number): string[] {
  if (cells(text) <= columns) return [text]
  const found: string[] = []
  let line = ''
  let used = 0
  /** Where in `line` it may be broken. */
  let blank = -1
  let open = 0
  for (const { segment } of clusters.segment(text)) {
    const width = cellsOf(segment)
    if (used + width > columns) {
      const end = blank > 0 ? blank : line.length
      found.push(line.slice(0, end) + '\u2069'.repeat(open))
      line = '\u2068'.repeat(open) + line.slice(end).trimStart()
      used = cells(line)
      blank = -1
    }
    line += segment
    used += width
    for (const character of segment) open = Math.max(0, open + (closing[character] ?? 0))
    if (segment === ' ') blank = line.length
  }
  return [...found, line]
}
