import { and, asc, desc, eq, gt, isNotNull, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { approvalEvents } from '@/db/schema/approvals'

export type EventRecord = {
  seq: number
  approvalId: string
  type: (typeof approvalEvents.$inferSelect)['type']
}

/** The number of the project's newest event; 0 before the first. */
export async function findLastEventSeq(db: Queryable, projectId: string): Promise<number> {
  const [row] = await db
    .select({ seq: approvalEvents.seq })
    .from(approvalEvents)
    .where(and(eq(approvalEvents.projectId, projectId), isNotNull(approvalEvents.seq)))
    .orderBy(desc(approvalEvents.seq))
    .limit(1)
  return row?.seq ?? 0
}

/** The project's events after a number, in order, 200 at most. */
export async function listEventsAfter(db: Queryable, projectId: string, seq: number): Promise<EventRecord[]> {
  const rows = await db
    .select({ seq: approvalEvents.seq, approvalId: approvalEvents.approvalId, type: approvalEvents.type })
    .from(approvalEvents)
    .where(and(eq(approvalEvents.projectId, projectId), gt(approvalEvents.seq, seq)))
    .orderBy(asc(approvalEvents.seq))
    .limit(200)
  return rows.map((row) => ({ ...row, seq: row.seq ?? 0 }))
}

/** Events of the outbox by their numbers, in order. */
export async function listEvents(db: Queryable, ids: number[]) {
  return db
    .select({
      id: approvalEvents.id,
      projectId: approvalEvents.projectId,
      approvalId: approvalEvents.approvalId,
      type: approvalEvents.type,
    })
    .from(approvalEvents)
    .where(sql`${approvalEvents.id} = any(${`{${ids.join(',')}}`}::bigint[])`)
    .orderBy(approvalEvents.id)
}

/** Of those of the events that are decisions, how long after its ask each was taken. */
export async function listDecisionSeconds(db: Queryable, ids: number[]): Promise<number[]> {
  const rows = await db.execute<{ seconds: number }>(sql`
    select extract(epoch from e.at - a.requested_at)::float as seconds
    from approval_events e join approvals a on a.id = e.approval_id
    where e.id = any(${`{${ids.join(',')}}`}::bigint[]) and e.type in ('approved', 'rejected')`)
  return rows.map((row) => row.seconds)
}
