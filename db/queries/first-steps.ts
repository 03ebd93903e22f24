import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'

/** What has been done in a project at least once. */
export type StepsDone = Record<'key' | 'agent' | 'request' | 'decision' | 'member' | 'webhook', boolean>

/**
 * What has been done in a project at least once, each found at the first rows of an index; null where the project is
 * archived, so that nothing more can be done.
 * @param exceptKeysBy keys that this one made are not counted
 */
export async function findStepsDone(
  db: Queryable,
  projectId: string,
  exceptKeysBy: string,
): Promise<StepsDone | null> {
  const has = (table: string, more = sql``) =>
    sql`exists (select from ${sql.raw(table)} where project_id = ${projectId} ${more})`
  const [row] = await db.execute<StepsDone & { isArchived: boolean }>(sql`select
    (select archived_at is not null from projects where id = ${projectId}) as "isArchived",
    ${has('keys', sql`and kind = 'agent' and created_by is distinct from ${exceptKeysBy}`)} as key,
    ${has('agents')} as agent,
    ${has('approvals')} as request,
    ${has('approvals', sql`and status in ('approved', 'rejected')`)} as decision,
    (select count(*) > 1 from (select from members where project_id = ${projectId} limit 2) m) as member,
    ${has('webhooks')} as webhook`)
  if (!row) throw new Error('The first steps could not be read.')
  const { isArchived, ...done } = row
  return isArchived ? null : done
}
