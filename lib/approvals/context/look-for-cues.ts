import { z } from 'zod'
import { searchesOf, type Database } from '@/db/client'
import { countUnlooked, keepCues, listUnlooked, type CuesFound } from '@/db/queries/approval-cues'
import { mostCounted } from '@/db/queries/approvals'
import { searchInTurn } from '@/lib/search-turn'
import { verb } from '@/lib/verb'
import { readCueKinds } from './read'

/** Of one call so many at most are looked at, and none is begun after so long. */
const most = 50
const mostMs = 1000

export const CuesLooked = z.object({
  looked: z.int().meta({ description: 'So many were looked at by this call.' }),
  left: z.int().meta({ description: 'So many of what waits are left; 10,001 stands for more than 10,000.' }),
})
export type CuesLooked = z.infer<typeof CuesLooked>

/**
 * Looks at the next requests that wait and were not looked at, the nearest deadlines first, up to 50 and for about a
 * second, in the turn of searches, so that lists can be narrowed by cues. Whoever filters calls it until none is left;
 * nothing is looked at for who does not.
 * @throws AppError `too_many_searches`
 */
export const lookForCues = verb(
  {
    summary: 'Look for cues in what waits, so that lists can be narrowed by them',
    need: 'viewer',
    output: CuesLooked,
    refuses: ['too_many_searches'],
  },
  (ctx): Promise<CuesLooked> =>
    searchInTurn(ctx, async (signal) => {
      const [db, projectId] = [searchesOf(ctx.db), ctx.project.id]
      const endAt = performance.now() + mostMs
      const found: CuesFound[] = []
      for (const one of await listUnlooked(db, projectId, most)) {
        if (signal.aborted || performance.now() > endAt) break
        found.push({ ...one, kinds: await kindsOrNull(db, projectId, one.id) })
      }
      if (found.length > 0) await keepCues(ctx.db, found)
      return { looked: found.length, left: await countUnlooked(db, projectId, mostCounted + 1) }
    }),
)

/** One that cannot be read is not looked at again and again. */
async function kindsOrNull(db: Database, projectId: string, id: string): Promise<string[] | null> {
  return readCueKinds(db, projectId, id).catch(() => null)
}
