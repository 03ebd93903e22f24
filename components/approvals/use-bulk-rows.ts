import { useEffect, useState } from 'react'
import type { Approval, SeenApproval } from '@/lib/approvals/schemas'
import { paramsSeen, seenFields } from '@/lib/approvals/seen'
import type { Listed } from '@/lib/fields'
import { api } from '@/lib/paths'
import { fetchJson } from '../frame/fetch-json'
import type { BulkRow } from './bulk-shape'
import { readBulkRows, rowsAtOnce, type ReadRows } from './read-bulk-rows'
import type { Selected } from './use-selection'

export type BulkRows = {
  /** Null until all of them are there. */
  read: ReadRows | null
  error: Error | undefined
  retry: () => void
}

const fields = [...seenFields.filter((name) => name !== 'params_start'), 'params'].join()

/**
 * What is selected, with all params, held no longer than the dialog that shows it.
 * @param known what was known when it was begun; later changes of it are not followed
 */
export function useBulkRows(
  project: string,
  selected: readonly Selected[],
  known: ReadonlyMap<string, SeenApproval>,
): BulkRows {
  const [here] = useState(() => new Map(selected.flatMap(({ id }) => rowOf(known.get(id)))))
  const [read, setRead] = useState<ReadRows | null>(null)
  const [error, setError] = useState<Error>()
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    let isOpen = true
    const readPage = async (ids: string[], cursor: string | null): Promise<Listed<Approval>> => {
      if (!isOpen) throw new Error('The dialog was closed.')
      const named = { ids: ids.join(), fields, limit: rowsAtOnce, cursor: cursor ?? undefined }
      return fetchJson(api.approvals(project, named))
    }
    readBulkRows(selected, here, readPage).then(
      (rows) => isOpen && setRead(rows),
      (reason: Error) => isOpen && setError(reason),
    )
    return () => {
      isOpen = false
    }
  }, [project, selected, here, turn])
  const retry = () => {
    setError(undefined)
    setTurn(turn + 1)
  }
  return { read, error, retry }
}

function rowOf(approval: SeenApproval | undefined): [string, BulkRow][] {
  const params = approval ? paramsSeen(approval) : null
  return approval && params ? [[approval.id, { approval, params }]] : []
}
