import { z } from 'zod'
import { runStatuses } from '@/lib/runs/statuses'
import type { FilterOf } from '../ui/use-filter'

/** How far back the Runs page looks, in the words of its address. */
export const runSpans = { hour: 3_600_000, day: 86_400_000, week: 604_800_000, month: 2_592_000_000 } as const

/** The filters of the Runs page as its address has them. */
export const runFields = {
  q: z.string().trim().max(200),
  agent: z.string().max(64),
  tool: z.string().trim().max(200),
  status: z.enum(runStatuses),
  since: z.enum(['hour', 'day', 'week', 'month']),
}
export type RunFilter = FilterOf<typeof runFields>

/** The moment from which runs are wanted; undefined for all. */
export function sinceMoment({ since }: RunFilter, now: number): Date | undefined {
  return since && new Date(now - runSpans[since])
}
