'use client'

import { useMemo } from 'react'
import useSWRInfinite from 'swr/infinite'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { seenFields } from '@/lib/approvals/seen'
import { useLive } from '../frame/live'
import { outcomes, writeQueueFilter, type QueueFilter } from './input'
import { rowsPerPage } from './rows-per-page'

export type ApprovalPage = { items: SeenApproval[]; next_cursor: string | null }

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
  return usePages(project, { ...filter, status: undefined }, ['pending'], initial)
}

/** Requests that are not pending any more, newest first. */
export function useDecidedApprovals(project: string, filter: QueueFilter, initial: ApprovalPage): Loaded {
  return usePages(
    project,
    { ...filter, status: undefined },
    filter.status ? [filter.status] : outcomes,
    initial,
  )
}

function usePages(
  project: string,
  filter: QueueFilter,
  statuses: readonly string[],
  initial: ApprovalPage,
): Loaded {
  const query = writeQueueFilter(filter)
  const base = `/api/approvals?project=${encodeURIComponent(project)}&status=${statuses.join()}&limit=${rowsPerPage}&fields=${seenFields.join()}${query && `&${query}`}`
  const keyOf = (_: number, before: ApprovalPage | null) => {
    if (before === null) return base
    return before.next_cursor === null ? null : `${base}&cursor=${encodeURIComponent(before.next_cursor)}`
  }
  const { data, error, size, setSize, mutate } = useSWRInfinite<ApprovalPage, Error>(keyOf, {
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
