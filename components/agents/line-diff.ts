export type DiffLine = {
  kind: 'same' | 'added' | 'removed'
  text: string
  /** Line number, from 1, in the file that has the line: the later one where both do. */
  number: number
}

/** Above so many pairs of lines the changed middle is told as removed and added whole. */
const mostPairs = 4_000_000

/** The lines of a file as an editor counts them: without byte order mark, whatever ends them. */
export function sourceLines(text: string): string[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)
  return lines.length > 1 && lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

/** What to take out of and put into one list of lines to get the other, by a longest common subsequence. */
export function diffLines(before: string[], after: string[]): DiffLine[] {
  let head = 0
  while (head < before.length && head < after.length && before[head] === after[head]) head++
  let tail = 0
  while (tail < Math.min(before.length, after.length) - head && before.at(-1 - tail) === after.at(-1 - tail))
    tail++
  const same = (from: number, to: number) => pick(after, 'same', from, to)
  return [
    ...same(0, head),
    ...diffMiddle(before, after, head, tail),
    ...same(after.length - tail, after.length),
  ]
}

function pick(lines: string[], kind: DiffLine['kind'], from: number, to: number): DiffLine[] {
  return lines.slice(from, to).map((text, at) => ({ kind, text, number: from + at + 1 }))
}

function diffMiddle(before: string[], after: string[], head: number, tail: number): DiffLine[] {
  const removed = pick(before, 'removed', head, before.length - tail)
  const added = pick(after, 'added', head, after.length - tail)
  if (removed.length * added.length > mostPairs) return [...removed, ...added]
  const common = commonLengths(removed, added)
  const width = added.length + 1
  const lines: DiffLine[] = []
  for (let i = 0, j = 0; i < removed.length || j < added.length;) {
    const [old, now] = [removed[i], added[j]]
    if (old && now && old.text === now.text) {
      lines.push({ ...now, kind: 'same' })
      i++
      j++
    } else if (old && (!now || (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))) {
      lines.push(old)
      i++
    } else if (now) {
      lines.push(now)
      j++
    }
  }
  return lines
}

/** At `i * (columns + 1) + j`: how many lines the rests from `i` and from `j` have in common, in order. */
function commonLengths(rows: DiffLine[], columns: DiffLine[]): Uint32Array {
  const width = columns.length + 1
  const table = new Uint32Array((rows.length + 1) * width)
  for (let i = rows.length - 1; i >= 0; i--) {
    for (let j = columns.length - 1; j >= 0; j--) {
      const below = table[(i + 1) * width + j] ?? 0
      const beside = table[i * width + j + 1] ?? 0
      const isSame = rows[i]?.text === columns[j]?.text
      table[i * width + j] = isSame ? (table[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(below, beside)
    }
  }
  return table
}
