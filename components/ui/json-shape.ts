import { memberPath } from '@/lib/json/leaves'
import { writeJson } from '@/lib/json/write'

/** A list or object whose JSON is at most this long stands on one line. */
const compactCharacters = 80
const mostColumns = 10

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

/** Several objects of one shape as rows; undefined for anything that a table would not show whole. */
export function asTable(value: object): { columns: string[]; rows: Record<string, unknown>[] } | undefined {
  if (!Array.isArray(value) || value.length < 2) return undefined
  const columns = new Set<string>()
  for (const item of value as unknown[]) {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return undefined
    for (const [name, member] of Object.entries(item)) {
      if (typeof member === 'object' && member !== null && !isCompact(member)) return undefined
      columns.add(name)
    }
    if (columns.size > mostColumns) return undefined
  }
  return columns.size === 0 ? undefined : { columns: [...columns], rows: value as Record<string, unknown>[] }
}

/** The members of a list or object, each with its whole path. */
export function membersOf(value: object, path: string): { name: string; path: string; value: unknown }[] {
  if (Array.isArray(value))
    return value.map((member: unknown, at) => ({ name: String(at), path: `${path}[${at}]`, value: member }))
  return Object.entries(value).map(([name, member]) => ({
    name,
    path: memberPath(path, name),
    value: member,
  }))
}
