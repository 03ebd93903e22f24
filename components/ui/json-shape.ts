import { writeJson } from '@/lib/json/write'

/** A list or object whose JSON is at most this long stands on one line. */
const compactCharacters = 80

/** Whether a list or object is short enough to stand as its JSON. */
export function isCompact(value: object): boolean {
  return (
    countLeaves(value, compactCharacters) < compactCharacters && writeJson(value).length <= compactCharacters
  )
}

/** How many values stand in it, nested ones included; counted up to `most`, and one more. */
export function countLeaves(value: unknown, most: number): number {
  if (typeof value !== 'object' || value === null) return 1
  let count = 0
  for (const member of Object.values(value)) {
    count += countLeaves(member, most - count)
    if (count > most) break
  }
  return Math.max(1, count)
}
