import { and, eq, getTableColumns, gte, lt, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { auditEntries } from '@/db/schema/audit'
import { bytesOf, cutPage, ifWithin, isWithinBytes } from './bounded'
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

/** An entry of a list; its detail is null where it was not asked for. */
export type ListedEntry = Omit<AuditRecord, 'detail'> & { detail: string | null }

const byTime = newestFirst(auditEntries.at, auditEntries.ordinal)

/**
 * A page of the project's audit log, newest first, as many entries as its bytes allow.
 * @param withDetail false leaves the details unread
 * @throws AppError `invalid_cursor`
 */
export async function listAuditEntries(
  db: Queryable,
  projectId: string,
  filter: AuditFilter,
  withDetail = true,
): Promise<Page<ListedEntry>> {
  const after = filter.cursor === undefined ? undefined : decodeCursor('audit', projectId, filter.cursor)
  const { detail } = auditEntries
  const isWithin = isWithinBytes(withDetail ? [bytesOf(detail)] : [], sql.join(byTime, sql`, `))
  const rows = await db
    .select({
      ...getTableColumns(auditEntries),
      detail: withDetail ? ifWithin(isWithin, detail) : sql<null>`null`,
      isWithin,
    })
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
    .orderBy(...byTime)
    .limit(filter.limit + 1)
  const { items, end } = cutPage(rows, filter.limit)
  const place = end && [end.at.toISOString(), String(end.ordinal)]
  return { items, nextCursor: place ? encodeCursor('audit', projectId, place) : null }
}
