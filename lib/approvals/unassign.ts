import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'

/**
 * Takes what waits out of the hands of somebody who may not decide any more, with events, in the transaction in which
 * they lose the right.
 * @returns the ids of what was in their hands
 */
export async function unassign(tx: Transaction, projectId: string, userId: string): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    with held as (
      select id from approvals
      where project_id = ${projectId} and status = 'pending' and assignee_id = ${userId} order by id for update
    ), freed as (
      update approvals set assignee_id = null where id in (select id from held) returning id
    ), event as (
      insert into approval_events (project_id, approval_id, type) select ${projectId}, id, 'assigned' from freed
    )
    select id from freed order by id`)
  return rows.map(({ id }) => id)
}
