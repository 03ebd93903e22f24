import { and, eq, gte, lt, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { auditEntries } from '@/db/schema/audit'
import { decodeCursor, encodeCursor, type Page } from './cursor'
import { newestFirst } from './newest-first'

export type AuditRecord = typeof auditEntries.$inferSelect

export type AuditFilter = {
  action?: string | undefined
  /** Id of who acted. */
  actor?: string | undefined
  /** Id of what was acted on. */
  target?: string | undefined
  since?: Date | undefined
  until?: Date | undefined
  limit: number
  cursor?: string | undefined
}

/**
 * A page of the project's audit log, newest first.
 * @throws AppError `invalid_cursor`
 */
export async function listAuditEntries(
  db: Queryable,
  projectId: string,
  filter: AuditFilter,
): Promise<Page<AuditRecord>> {
  const after = filter.cursor === undefined ? undefined : decodeCursor('audit', projectId, filter.cursor)
  const rows = await db
    .select()
    .from(auditEntries)
    .where(
      and(
        eq(auditEntries.projectId, projectId),
        filter.action === undefined ? undefined : eq(auditEntries.action, filter.action),
        filter.actor === undefined ? undefined : eq(auditEntries.actorId, filter.actor),
        filter.target === undefined ? undefined : eq(auditEntries.targetId, filter.target),
        filter.since && gte(auditEntries.at, filter.since),
        filter.until && lt(auditEntries.at, filter.until),
        after &&
          sql`(${auditEntries.at}, ${auditEntries.ordinal}) < (${after[0]}::timestamptz, ${after[1]}::bigint)`,
      ),
    )
    .orderBy(...newestFirst(auditEntries.at, auditEntries.ordinal))
    .limit(filter.limit + 1)
  const items = rows.slice(0, filter.limit)
  const last = items.at(-1)
  return {
    items,
    nextCursor:
      rows.length > filter.limit && last
        ? encodeCursor('audit', projectId, [last.at.toISOString(), String(last.ordinal)])
        : null,
  }
}
