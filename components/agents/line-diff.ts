import { diffArrays } from 'diff'

export type DiffLine = {
  kind: 'same' | 'added' | 'removed'
  text: string
  /** Line number, from 1, in the file that has the line: the later one where both do. */
  number: number
}

/** Above so many lines taken out and put in, what lies between the same beginning and end is told as a whole. */
const mostEdits = 4000

/** The lines of a file as an editor counts them: without byte order mark, whatever ends them. */
export function sourceLines(text: string): string[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)
  return lines.length > 1 && lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

/** What to take out of and put into one list of lines to get the other: the fewest there can be, up to 4000. */
export function diffLines(before: string[], after: string[]): DiffLine[] {
  const changes = diffArrays(before, after, { maxEditLength: mostEdits }) ?? wholeChange(before, after)
  const at = { before: 0, after: 0 }
  return changes.flatMap(({ value, added, removed }) => {
    const kind = added ? 'added' : removed ? 'removed' : 'same'
    const first = removed ? at.before : at.after
    if (!added) at.before += value.length
    if (!removed) at.after += value.length
    return value.map((text, index): DiffLine => ({ kind, text, number: first + index + 1 }))
  })
}

type Change = { value: string[]; added: boolean; removed: boolean }

function wholeChange(before: string[], after: string[]): Change[] {
  const shorter = Math.min(before.length, after.length)
  let head = 0
  while (head < shorter && before[head] === after[head]) head++
  let tail = 0
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++
  const same = (value: string[]) => ({ value, added: false, removed: false })
  return [
    same(after.slice(0, head)),
    { value: before.slice(head, before.length - tail), added: false, removed: true },
    { value: after.slice(head, after.length - tail), added: true, removed: false },
    same(after.slice(after.length - tail)),
  ]
}
