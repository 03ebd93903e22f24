import { z } from 'zod'
import { outcomes } from '@/lib/approvals/statuses'
import type { FilterOf } from '../ui/use-filter'

/** The filters of the Approvals page as its address has them. */
export const queueFields = {
  status: z.string().trim().pipe(z.enum(outcomes)),
  agent: z.string().trim().max(64),
  tool: z.string().trim().max(200),
  q: z.string().trim().max(200),
}
export type QueueFilter = FilterOf<typeof queueFields>
