import { and, asc, desc, eq, gt, isNotNull } from 'drizzle-orm'
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
