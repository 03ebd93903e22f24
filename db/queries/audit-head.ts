import { and, desc, eq, isNotNull } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { auditEntries } from '@/db/schema/audit'

/** The last entry of the project's log that is in its chain; undefined where none is. */
export async function findAuditHead(db: Queryable, projectId: string) {
  const { seq, hash, at } = auditEntries
  const [row] = await db
    .select({ seq, hash, at })
    .from(auditEntries)
    .where(and(eq(auditEntries.projectId, projectId), isNotNull(seq)))
    .orderBy(desc(seq))
    .limit(1)
  return row?.seq == null || row.hash === null ? undefined : { seq: row.seq, hash: row.hash, at: row.at }
}
