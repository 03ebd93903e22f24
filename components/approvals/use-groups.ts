import useSWR from 'swr'
import type { PendingCount } from '@/lib/approvals/count'
import type { Grouping } from '@/lib/approvals/groupings'
import { api } from '@/lib/paths'
import { fetchJson } from '../frame/fetch-json'
import { useLive } from '../frame/live'
import { narrowing, type QueueFilter } from './filter'

/** The server gives no more of them. */
export const mostGroups = 100

export type Groups = {
  all: NonNullable<PendingCount['groups']> | undefined
  error: Error | undefined
  retry: () => void
}

/** What is pending and fits the filters in groups, counted again after every event; undefined without a grouping. */
export function useGroups(project: string, filter: QueueFilter, by: Grouping | undefined): Groups {
  const path = by ? api.countApprovals(project, { ...narrowing(filter), group: by }) : null
  const { data, error, mutate } = useSWR<PendingCount, Error>(path, fetchJson)
  useLive(() => void mutate())
  return { all: data?.groups, error: data ? undefined : error, retry: () => void mutate() }
}
