import { memberPath } from '@/lib/json/leaves'
import { writeJson } from '@/lib/json/write'

export type ParamRow = {
  /** The name as a condition would write it: `customer.address.city`, `items[0].qty`, `["odd name"]`. */
  path: string
  value: unknown
}

/** A list or object whose JSON is at most this long stands on one row. */
const compactCharacters = 80

/**
 * The values of a JSON object one by one, each with its path in the policy's own spelling, so that nothing
 * hides in a nested value and a name with a dot in it is not taken for two.
 */
export function paramRows(params: Record<string, unknown>): ParamRow[] {
  const rows: ParamRow[] = []
  for (const [name, value] of Object.entries(params)) collect(rows, memberPath('', name), value)
  return rows
}

function collect(rows: ParamRow[], path: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || isCompact(value)) {
    rows.push({ path, value })
  } else if (Array.isArray(value)) {
    value.forEach((item, at) => collect(rows, `${path}[${at}]`, item))
  } else {
    for (const [name, member] of Object.entries(value)) collect(rows, memberPath(path, name), member)
  }
}

function isCompact(value: object): boolean {
  return writeJson(value).length <= compactCharacters
}
