import { z } from 'zod'
import { runStatuses } from '@/lib/runs/statuses'
import type { FilterOf } from '../ui/use-filter'

/** The filters of the Runs page as its address has them. */
export const runFields = { status: z.enum(runStatuses), agent: z.string().max(64) }
export type RunFilter = FilterOf<typeof runFields>
