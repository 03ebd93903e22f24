import { z } from 'zod'
import type { Approval } from '@/lib/approvals/schemas'
import { pageQuery, type Search } from '@/lib/http/input'
import type { Problem } from '@/lib/http/problem'

const one = {
  id: z.string(),
  decision: z.enum(['approve', 'reject']),
  reason: z.string().max(4096, 'At most 4,096 characters.').optional(),
  /** Never left out on a page: what was decided is what was shown. */
  digest: z.string().min(1),
}

export const DecideFromPage = z.strictObject(one)
export type DecideFromPage = z.infer<typeof DecideFromPage>

export const DecideManyFromPage = z.strictObject({ items: z.array(z.strictObject(one)).min(1).max(100) })

/** What became of one of several. */
export type DecidedOne = { id: string; approval: Approval } | { id: string; problem: Problem }

/** What a request can have become. */
export const outcomes = ['approved', 'rejected', 'expired', 'cancelled'] as const

/** The filters of the Approvals page as its address has them. */
export type QueueFilter = {
  status?: (typeof outcomes)[number] | undefined
  agent?: string | undefined
  tool?: string | undefined
  q?: string | undefined
}

export const queueFields = {
  status: z.string().trim().pipe(z.enum(outcomes)),
  agent: z.string().trim().max(64),
  tool: z.string().trim().max(200),
  q: z.string().trim().max(200),
}

/** Reads the filters from the page's address; what is not one is left out. */
export function readQueueFilter(search: Search): QueueFilter {
  return pageQuery(queueFields, search).query
}

/** The same filters as a query string, in a fixed order, without a leading `?`. */
export function writeQueueFilter(filter: QueueFilter): string {
  const query = new URLSearchParams()
  for (const name of ['status', 'agent', 'tool', 'q'] as const) {
    const value = filter[name]
    if (value) query.set(name, value)
  }
  return query.toString()
}
