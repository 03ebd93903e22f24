'use client'

import { useMemo } from 'react'
import useSWRInfinite from 'swr/infinite'
import { listDecided } from '@/app/[project]/approvals/actions'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { seenFields } from '@/lib/approvals/seen'
import { fetchJson, RequestError } from '../frame/fetch-json'
import { useLive } from '../frame/live'
import { writeQueueFilter, type QueueFilter } from './input'

export type ApprovalPage = { items: SeenApproval[]; next_cursor: string | null }

import { rowsPerPage } from './rows-per-page'

type Loaded = {
  items: SeenApproval[]
  error: Error | undefined
  hasMore: boolean
  isLoadingMore: boolean
  loadMore: () => void
  reload: () => void
}

/** Pending requests, newest first, as they come and go. */
export function usePendingApprovals(project: string, filter: QueueFilter, initial: ApprovalPage): Loaded {
  const { agent, tool, q } = filter
  const query = writeQueueFilter({ agent, tool, q })
  const base = `/api/approvals?project=${encodeURIComponent(project)}&status=pending&limit=${rowsPerPage}&fields=${seenFields.join()}${query && `&${query}`}`
  const keyOf = (_: number, before: ApprovalPage | null) => {
    if (before === null) return base
    return before.next_cursor === null ? null : `${base}&cursor=${encodeURIComponent(before.next_cursor)}`
  }
  return usePages(keyOf, (path: string) => fetchJson<ApprovalPage>(path), initial)
}

/** Requests that are not pending any more, newest first. */
export function useDecidedApprovals(project: string, filter: QueueFilter, initial: ApprovalPage): Loaded {
  const keyOf = (_: number, before: ApprovalPage | null) => {
    if (before?.next_cursor === null) return null
    return ['decided', project, writeQueueFilter(filter), before?.next_cursor ?? ''] as const
  }
  const read = async ([, , , cursor]: readonly [string, string, string, string]) => {
    const query = { ...filter, limit: rowsPerPage, ...(cursor && { cursor }) }
    const answer = await listDecided(project, query).catch(() => {
      throw new RequestError(0, null, 'The server cannot be reached.')
    })
    if (answer.ok) return answer.value
    throw new RequestError(answer.problem.status, answer.problem.code, answer.problem.detail)
  }
  return usePages(keyOf, read, initial)
}

function usePages<K extends string | readonly string[]>(
  keyOf: (page: number, before: ApprovalPage | null) => K | null,
  read: (key: K) => Promise<ApprovalPage>,
  initial: ApprovalPage,
): Loaded {
  const { data, error, size, setSize, mutate } = useSWRInfinite<ApprovalPage, Error>(keyOf, read, {
    fallbackData: [initial],
    revalidateAll: true,
  })
  useLive(() => void mutate())
  const items = useMemo(() => uniqueById(data ?? []), [data])
  return {
    items,
    error,
    hasMore: data?.at(-1)?.next_cursor != null,
    isLoadingMore: size > (data?.length ?? 0),
    loadMore: () => void setSize(size + 1),
    reload: () => void mutate(),
  }
}

/** A row that moved between two reads may stand on two pages. */
function uniqueById(pages: ApprovalPage[]): SeenApproval[] {
  const all = pages.flatMap((page) => page.items)
  return [...new Map(all.map((approval) => [approval.id, approval])).values()]
}
