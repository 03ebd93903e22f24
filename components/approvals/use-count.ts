'use client'

import useSWR from 'swr'
import type { PendingCount } from '@/lib/approvals/count'
import { api } from '@/lib/paths'
import { fetchJson } from '../frame/fetch-json'
import { useLive } from '../frame/live'
import { usePendingCount } from '../frame/notices'
import { isNarrowed, narrowing, type QueueFilter } from './filter'

/** How many wait and how many of them the filters fit, counted again after every event. */
export function useCount(project: string, filter: QueueFilter): { pending: number; matching?: number } {
  const pending = usePendingCount()
  const isFiltered = filter.status === undefined && isNarrowed(filter)
  const path = isFiltered ? api.countApprovals(project, narrowing(filter)) : null
  const { data, mutate } = useSWR(path, (key: string) => fetchJson<PendingCount>(key))
  useLive(() => void mutate())
  if (!isFiltered) return { pending, matching: pending }
  return data === undefined ? { pending } : { pending, matching: data.matching }
}
