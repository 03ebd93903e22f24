import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import type { FirstSteps } from '@/lib/members/first-steps'

/** Which of the first steps are done; each is found at the first row of an index. */
export async function findFirstSteps(db: Queryable, projectId: string): Promise<FirstSteps | undefined> {
  const some = (from: string, more = sql``) =>
    sql`exists (select from ${sql.raw(from)} where project_id = ${projectId} ${more})`
  const [row] = await db.execute<FirstSteps>(sql`select
    ${some('keys', sql`and kind = 'agent'`)} as key,
    ${some('agents')} as policy,
    ${some('approvals')} as request,
    ${some('approvals', sql`and status in ('approved', 'rejected')`)} as decision,
    (select count(*) > 1 from (select from members where project_id = ${projectId} limit 2) m) as person,
    ${some('webhooks')} as webhook`)
  return row
}
