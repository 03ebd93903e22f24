import { z } from 'zod'
import { searchesOf } from '@/db/client'
import { findDigests } from '@/db/queries/approval-digests'
import { mostCounted } from '@/db/queries/approvals'
import { reader } from '@/lib/need'
import { searchInTurn } from '@/lib/search-turn'
import { verb } from '@/lib/verb'
import { filterOf, pendingFilters } from './pending-filters'

export const Digests = z.object({
  items: z
    .array(z.object({ id: z.string(), tool: z.string(), digest: z.string() }))
    .meta({ description: 'The nearest deadline first.' }),
  is_whole: z
    .boolean()
    .meta({ description: 'Whether these are all: up to 10,000, and up to 2 MiB of them.' }),
})
export type Digests = z.infer<typeof Digests>

/**
 * What is pending and fits a list's filters at this moment, by id and digest: whoever decides it by these decides
 * neither what comes later nor what is changed meanwhile.
 * @throws AppError `forbidden`; with `q` also `too_many_searches`
 */
export const readDigestsVerb = verb(
  {
    summary: 'List ids and digests of all that is pending',
    need: reader,
    query: z.strictObject(pendingFilters),
    output: Digests,
    refuses: ['too_many_searches'],
  },
  async (ctx, given): Promise<Digests> => {
    const filter = await filterOf(ctx, given)
    const read = (db = ctx.db) => findDigests(db, ctx.project.id, filter, mostCounted)
    const { items, isWhole } = await (filter.q === undefined
      ? read()
      : searchInTurn(ctx, () => read(searchesOf(ctx.db))))
    return { items, is_whole: isWhole }
  },
)
