import { z } from 'zod'
import { searchesOf } from '@/db/client'
import { countUnlooked } from '@/db/queries/approval-cues'
import { groupMatchingPending, type PendingGroup } from '@/db/queries/approval-groups'
import { countMatchingPending } from '@/db/queries/approval-list'
import { countPending, mostCounted } from '@/db/queries/approvals'
import { countForPerson } from '@/db/queries/snoozes'
import { Moment } from '@/lib/json/schemas'
import type { Context } from '@/lib/context'
import { reader } from '@/lib/need'
import { searchInTurn } from '@/lib/search-turn'
import { verb } from '@/lib/verb'
import { groupings } from './groupings'
import { filterOf, pendingFilters } from './pending-filters'

/** Exact up to 10,000; 10,001 stands for more. */
const Count = z.int().meta({ description: '10,001 stands for more than 10,000.' })

export const PendingCount = z.object({
  pending: Count,
  matching: Count.meta({
    description:
      'Of these, those that the filters fit; where there is a `q`, among the 10,001 with the nearest deadlines.',
  }),
  snoozed: Count.optional().meta({ description: 'Of `pending`, those that the member who asks put off.' }),
  unlooked: Count.optional().meta({
    description: 'With `cue`: of `pending`, those that were not looked at yet.',
  }),
  groups: z
    .array(
      z.object({
        name: z.string(),
        agent: z.string().nullable().meta({ description: 'The agent, where all of them are of one.' }),
        tool: z.string().nullable().meta({ description: 'The tool, where all of them are of one.' }),
        input: z
          .string()
          .nullable()
          .meta({ description: 'With `group=run`: how the JSON of the run’s input begins.' }),
        count: Count,
        oldest_at: Moment.meta({ description: 'When the oldest of them was asked for.' }),
        due_at: Moment.meta({ description: 'The nearest of their deadlines.' }),
      }),
    )
    .optional()
    .meta({
      description:
        'With `group`: those that the filters fit by agent, tool, run or rule, the nearest deadline first, up to 100 groups.',
    }),
})
export type PendingCount = z.infer<typeof PendingCount>

/** How many requests wait for a person, and how many of them a list's filters fit; not those that are due. */
export const countApprovalsVerb = verb(
  {
    summary: 'Count what is pending',
    need: reader,
    query: z.strictObject({
      ...pendingFilters,
      group: z.enum(groupings, `One of: ${groupings.join(', ')}.`).optional(),
    }),
    output: PendingCount,
    refuses: ['too_many_searches'],
  },
  async (ctx, { group: by, ...given }): Promise<PendingCount> => {
    const filter = await filterOf(ctx, given)
    const { db, project } = ctx
    const counted = countAll(ctx)
    const isPlain = Object.values(filter).every((value) => value === undefined)
    if (isPlain && by === undefined) {
      const all = await counted
      return { ...all, matching: all.pending }
    }
    const most = mostCounted + 1
    const count = async (on = db) => ({
      matching: isPlain ? (await counted).pending : await countMatchingPending(on, project.id, filter, most),
      ...(by && { groups: await groupMatchingPending(on, project.id, { ...filter, by }, most) }),
    })
    const searched = filter.q === undefined ? count() : searchInTurn(ctx, () => count(searchesOf(db)))
    const looking = filter.cue === undefined ? undefined : countUnlooked(db, project.id, most)
    const [all, { matching, groups }, unlooked] = await Promise.all([counted, searched, looking])
    return {
      ...all,
      matching,
      ...(unlooked !== undefined && { unlooked }),
      ...(groups && { groups: groups.map(groupToWire) }),
    }
  },
)

/** What waits for anybody; for a member also how much of it they put off. */
async function countAll({ db, project, actor }: Context): Promise<{ pending: number; snoozed?: number }> {
  if (actor.type === 'user') return countForPerson(db, project.id, actor.id)
  return { pending: await countPending(db, project.id) }
}

function groupToWire({ oldestAt, dueAt, ...group }: PendingGroup) {
  return { ...group, oldest_at: momentOf(oldestAt), due_at: momentOf(dueAt) }
}

/** PostgreSQL's text of a moment, as ours is. */
function momentOf(text: string): string {
  return new Date(text).toISOString()
}
