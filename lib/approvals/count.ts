import { z } from 'zod'
import { searchesOf } from '@/db/client'
import { countMatchingPending } from '@/db/queries/approval-list'
import { countPending, mostCounted } from '@/db/queries/approvals'
import { reader } from '@/lib/need'
import { toolFilter } from '@/lib/query'
import { searchInTurn } from '@/lib/search-turn'
import { verb } from '@/lib/verb'

/** Exact up to 10,000; 10,001 stands for more. */
const Count = z.int().meta({ description: '10,001 stands for more than 10,000.' })

export const PendingCount = z.object({
  pending: Count,
  matching: Count.meta({
    description:
      'Of these, those that the filters fit; where there is a `q`, among the 10,001 with the nearest deadlines.',
  }),
})
export type PendingCount = z.infer<typeof PendingCount>

/** How many requests wait for a person, and how many of them a list's filters fit; not those that are due. */
export const countApprovalsVerb = verb(
  {
    summary: 'Count what is pending',
    need: reader,
    query: z.strictObject({
      agent: z.string().max(200).optional(),
      tool: toolFilter,
      q: z.string().min(1).max(200).optional(),
    }),
    output: PendingCount,
    refuses: ['too_many_searches'],
  },
  async (ctx, filter): Promise<PendingCount> => {
    const { agent, tool, q } = filter
    const pending = countPending(ctx.db, ctx.project.id)
    if (agent === undefined && tool === undefined && q === undefined)
      return { pending: await pending, matching: await pending }
    const count = (db = ctx.db) => countMatchingPending(db, ctx.project.id, filter, mostCounted + 1)
    const matching = q === undefined ? count() : searchInTurn(ctx, () => count(searchesOf(ctx.db)))
    const [all, fitting] = await Promise.all([pending, matching])
    return { pending: all, matching: fitting }
  },
)
