import { sql, type SQL } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { mostCounted } from './approvals'

/** Whether what somebody put off is looked for, or what they did not. */
export type SnoozedBy = { projectId: string; userId: string; isSnoozed: boolean }

/** What somebody put off at this moment, not called `s`. */
const inForce = ({ projectId, userId }: Pick<SnoozedBy, 'projectId' | 'userId'>) =>
  sql`from snoozes s where s.project_id = ${projectId} and s.user_id = ${userId} and s.ends_at > (select clock_timestamp())`

/** Whether somebody put an approval off; read once a statement and hashed, so that a walk by an index stays one. */
export function isSnoozedBy(row: SQL, by: SnoozedBy): SQL {
  return sql`${row}.id ${by.isSnoozed ? sql`in` : sql`not in`} (select s.approval_id ${inForce(by)})`
}

/** The same as `isPending` and not yet due, of `a`. */
const waits = sql`a.status = 'pending' and a.resolved_at is null and a.expires_at > (select clock_timestamp())`

/** How many requests of a project wait, up to 10,001, and how many of them this person put off; in one statement. */
export async function countForPerson(
  db: Queryable,
  projectId: string,
  userId: string,
): Promise<{ pending: number; snoozed: number }> {
  const most = sql.raw(String(mostCounted + 1))
  const [row] = await db.execute<{ pending: number; snoozed: number }>(sql`
    select (select count(*)::int from (select from approvals a where a.project_id = ${projectId} and ${waits}
        limit ${most}) counted) as pending,
      (select count(*)::int from (select from approvals a where a.project_id = ${projectId} and ${waits}
        and a.id = any(array(select s.approval_id ${inForce({ projectId, userId })})) limit ${most}) counted) as snoozed`)
  return row ?? { pending: 0, snoozed: 0 }
}

/** Requests that wait and that this person put off, those that come back first first. */
export async function listSnoozes(
  db: Queryable,
  projectId: string,
  userId: string,
  most: number,
): Promise<{ id: string; endsAt: string }[]> {
  return db.execute<{ id: string; endsAt: string }>(sql`
    select s.approval_id as id, s.ends_at as "endsAt" ${inForce({ projectId, userId })}
      and exists (select from approvals a where a.id = s.approval_id and ${waits})
    order by s.ends_at, s.approval_id limit ${sql.raw(String(most))}`)
}
