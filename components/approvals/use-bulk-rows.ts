import { useMemo, useState } from 'react'
import useSWR from 'swr'
import type { Approval, SeenApproval } from '@/lib/approvals/schemas'
import { paramsSeen, seenFields } from '@/lib/approvals/seen'
import type { Listed } from '@/lib/fields'
import { api } from '@/lib/paths'
import { fetchJson } from '../frame/fetch-json'
import type { BulkRow } from './bulk-shape'
import type { Selected } from './use-selection'

export type BulkRows = {
  /** Those that are still as they were selected, with all params; null until all of them are there. */
  rows: BulkRow[] | null
  /** How many were changed since they were selected, or are gone. */
  changed: number
  error: Error | undefined
  retry: () => void
}

/** So many are read at once. */
const batch = 100
const fields = [...seenFields.filter((name) => name !== 'params_start'), 'params'].join()

/**
 * What is selected, with all params: from what is known where that has them, and read where not.
 * @param known what was known when it was begun; later changes of it are not followed
 */
export function useBulkRows(
  project: string,
  selected: readonly Selected[],
  known: ReadonlyMap<string, SeenApproval>,
): BulkRows {
  const [here] = useState(() => new Map(selected.flatMap(({ id }) => rowOf(known.get(id)))))
  const missing = useMemo(() => selected.filter(({ id }) => !here.has(id)), [selected, here])
  const key =
    missing.length === 0 ? null : ['bulk', project, ...missing.flatMap(({ id, digest }) => [id, digest])]
  // Params of a digest never change, so what was read once holds.
  const { data, error, mutate } = useSWR<Map<string, BulkRow>, Error>(
    key,
    () =>
      readRows(
        project,
        missing.map(({ id }) => id),
      ),
    { refreshInterval: 0, revalidateIfStale: false, revalidateOnFocus: false, revalidateOnReconnect: false },
  )
  const rows = useMemo(() => {
    if (missing.length > 0 && !data) return null
    return selected.flatMap(({ id, digest }) => {
      const row = here.get(id) ?? data?.get(id)
      return row?.approval.digest === digest ? [row] : []
    })
  }, [selected, missing, here, data])
  const changed = rows === null ? 0 : selected.length - rows.length
  return { rows, changed, error: rows ? undefined : error, retry: () => void mutate() }
}

function rowOf(approval: SeenApproval | undefined): [string, BulkRow][] {
  const params = approval ? paramsSeen(approval) : null
  return approval && params ? [[approval.id, { approval, params }]] : []
}

async function readRows(project: string, ids: string[]): Promise<Map<string, BulkRow>> {
  const rows = new Map<string, BulkRow>()
  for (let from = 0; from < ids.length; from += batch) {
    const named = { ids: ids.slice(from, from + batch).join(), fields, limit: batch }
    let cursor: string | null = null
    do {
      const path = api.approvals(project, { ...named, cursor: cursor ?? undefined })
      const page: Listed<Approval> = await fetchJson(path)
      for (const approval of page.items) rows.set(approval.id, { approval, params: approval.params })
      cursor = page.next_cursor
    } while (cursor !== null)
  }
  return rows
}
