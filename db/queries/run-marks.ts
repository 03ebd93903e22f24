import { and, eq, sql, type SQL } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { runs } from '@/db/schema/runs'
import type { RunStatus } from './runs'

/** What a run and its approvals are, in short: two marks that differ tell that something became of one of them. */
export type RunMark = { id: string; status: RunStatus; mark: string; hasDue: boolean }

/** Of several runs, of any project: for waiters who each proved that theirs is. */
export function listRunMarks(db: Queryable, ids: string[]): Promise<RunMark[]> {
  return listMarks(db, sql`${runs.id} = any(${listed(ids)})`)
}

/** Of one run of the project. */
export async function findRunMark(
  db: Queryable,
  projectId: string,
  where: SQL,
): Promise<RunMark | undefined> {
  const [mark] = await listMarks(db, and(eq(runs.projectId, projectId), where))
  return mark
}

async function listMarks(db: Queryable, where: SQL | undefined): Promise<RunMark[]> {
  const rows = await db.execute<RunMark>(sql`
    select ${runs.id}, ${runs.status}, coalesce(a.has_due, false) as "hasDue",
      md5(concat_ws(' ', ${runs.status}, a.states)) as mark
    from ${runs} cross join lateral (
      select string_agg(concat_ws(' ', p.id, p.status, p.claimed_at, c.result_status), ',' order by p.id) as states,
        bool_or(p.status = 'pending' and p.expires_at <= clock_timestamp()) as has_due
      from approvals p join tool_calls c on c.id = p.call_id where p.run_id = ${runs.id}) a
    where ${where}`)
  return [...rows]
}

/** The runs that these approvals are of. */
export async function listRunsOfApprovals(db: Queryable, ids: string[]): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select distinct run_id as id from approvals where id = any(${listed(ids)})`)
  return rows.map(({ id }) => id)
}

function listed(ids: string[]): SQL {
  return sql`${`{${ids.join(',')}}`}::text[]`
}
