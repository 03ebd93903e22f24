import { sql, type SQL } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import type { Grouping } from '@/lib/approvals/groupings'
import { pendingWanted, type PendingFilter } from './approval-list'
import { isOpen, matches, number, ruleOf } from './approval-places'

export type PendingGroup = {
  name: string
  /** Where all of a group are of one. */
  agent: string | null
  tool: string | null
  count: number
  /** How the input of a run begins. */
  input: string | null
  oldestAt: string
  dueAt: string
}

const names: Record<Grouping, SQL> = {
  tool: sql.raw('a.tool'),
  agent: sql.raw('a.agent_name'),
  run: sql.raw('a.run_id'),
  rule: ruleOf(sql.raw('a')),
}
const mostGroups = 100
/** A run's subject stands in so much of its input, or nowhere. */
const mostInput = 400
/** What is the same in all rows of a group. */
const theOne = (column: SQL) => sql`case when min(${column}) = max(${column}) then min(${column}) end`

/**
 * What is pending, not yet due and fits a list's filters, in groups: those with the nearest deadline first, up to 100.
 * Counted among the first `most` by deadline.
 */
export async function groupMatchingPending(
  db: Queryable,
  projectId: string,
  filter: PendingFilter & { by: Grouping },
  most: number,
): Promise<PendingGroup[]> {
  const wanted = pendingWanted(projectId, filter, most)
  const input =
    filter.by === 'run'
      ? sql`(select left(r.input, ${number(mostInput)}) from runs r where r.id = w.name)`
      : sql`null`
  return db.execute<PendingGroup>(sql`
    with walked as materialized (
      select a.id, a.requested_at, a.expires_at, a.agent_name, a.tool, ${names[filter.by]} as name from approvals a
      where ${isOpen(wanted)}
      order by a.expires_at asc nulls first limit ${number(most)})
    select w.name, ${theOne(sql`w.agent_name`)} as agent, ${theOne(sql`w.tool`)} as tool, count(*)::int as count, ${input} as input, min(w.requested_at) as "oldestAt", min(w.expires_at) as "dueAt"
    from walked w where ${matches(sql`w.id`, wanted)}
    group by w.name order by min(w.expires_at), w.name limit ${number(mostGroups)}`)
}
