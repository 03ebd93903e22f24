import type { Approval } from '@/lib/approvals/schemas'
import type { Listed } from '@/lib/fields'
import { writeJson } from '@/lib/json/write'
import type { BulkRow } from './bulk-shape'
import type { Selected } from './use-selection'

export type ReadRows = {
  /** Those that are still as they were selected, with all params, in the order of the selection. */
  rows: BulkRow[]
  /** How many were changed since they were selected, or are gone. */
  changed: number
  /** How many were not read, the last of the selection: all of their params would be too much for one table. */
  left: number
}

/** So many are read at once. */
export const rowsAtOnce = 100
/** Characters of params after which no further rows are read; with the last of them it may be 25 million more. */
const mostCharacters = 8_000_000

/**
 * The selected requests with all of their params: from what is here, else read, until they are too many to hold.
 * @param readPage one page of the named ones
 */
export async function readBulkRows(
  selected: readonly Selected[],
  here: ReadonlyMap<string, BulkRow>,
  readPage: (ids: string[], cursor: string | null) => Promise<Listed<Approval>>,
  most = mostCharacters,
): Promise<ReadRows> {
  const rows: BulkRow[] = []
  let characters = 0
  let at = 0
  while (at < selected.length && characters < most) {
    const some = selected.slice(at, at + rowsAtOnce)
    at += some.length
    const missing = some.map(({ id }) => id).filter((id) => !here.has(id))
    const read = missing.length === 0 ? here : await readAll(missing, readPage)
    for (const { id, digest } of some) {
      const row = here.get(id) ?? read.get(id)
      if (row?.approval.digest !== digest) continue
      rows.push(row)
      characters += writeJson(row.params).length
    }
  }
  return { rows, changed: at - rows.length, left: selected.length - at }
}

async function readAll(
  ids: string[],
  readPage: (ids: string[], cursor: string | null) => Promise<Listed<Approval>>,
): Promise<ReadonlyMap<string, BulkRow>> {
  const rows = new Map<string, BulkRow>()
  let cursor: string | null = null
  do {
    const page: Listed<Approval> = await readPage(ids, cursor)
    for (const approval of page.items) rows.set(approval.id, { approval, params: approval.params })
    cursor = page.next_cursor
  } while (cursor !== null)
  return rows
}
