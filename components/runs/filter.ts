import { z } from 'zod'
import type { Run } from '@/lib/runs/schemas'
import { pageQuery, type Search } from '@/lib/http/input'

export const runsPerPage = 50

const statuses = ['running', 'awaiting_approval', 'completed', 'failed', 'cancelled'] as const
export const runFields = { status: z.enum(statuses), agent: z.string().max(64) }

/** What the list shows of each run. */
export const runFieldsShown = ['id', 'external_id', 'agent', 'status', 'started_at', 'finished_at'] as const
export type ListedRun = Pick<Run, (typeof runFieldsShown)[number]>

/** The filters of the Runs page as its address has them. */
export type RunQuery = { status?: (typeof statuses)[number]; agent?: string }

/** Reads the filters from the page's address; what is not one is left out. */
export function readRunFilter(search: Search): RunQuery {
  return pageQuery(runFields, search).query
}

/** The same filters as a query string without a leading `?`. */
export function writeRunFilter(filter: RunQuery): string {
  const query = new URLSearchParams()
  if (filter.status) query.set('status', filter.status)
  if (filter.agent) query.set('agent', filter.agent)
  return query.toString()
}
