import { memberPath } from '@/lib/json/leaves'
import { isCompact } from './json-shape'

const mostColumns = 10

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
