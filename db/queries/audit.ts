import { and, eq, getTableColumns, gte, lt, sql, type SQL } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Queryable } from '@/db/client'
import { auditEntries } from '@/db/schema/audit'
import { bytesOf, cutPage, ifWithin, isWithinBytes } from './bounded'
import { decodeCursor, encodeCursor, type Page } from './cursor'
import { newestFirst } from './newest-first'
import { inWholeLog } from './whole-log'

export type AuditRecord = typeof auditEntries.$inferSelect

export type AuditFilter = {
  actions?: string[] | undefined
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
    .where(sql`${auditEntries.id} = any(array(${newest(projectId, filter, after)}))`)
    .orderBy(...byTime)
    .limit(filter.limit + 1)
  const { items, end } = cutPage(rows, filter.limit)
  const place = end && [end.at.toISOString(), String(end.ordinal)]
  return { items, nextCursor: place ? encodeCursor('audit', projectId, place) : null }
}

const e = alias(auditEntries, 'e')

/** The ids of a page and one more, to be merged: of the chain, of each action by its own index, and of the rest. */
function newest(projectId: string, filter: AuditFilter, after: string[] | undefined): SQL {
  const { actions } = filter
  const page = (isIn: SQL, isOfAction?: SQL) => sql`(
    select ${e.id} from ${auditEntries} e where ${and(whereOf(projectId, filter, after), isIn, isOfAction)}
    order by ${sql.join(newestFirst(e.at, e.ordinal), sql`, `)} limit ${filter.limit + 1})`
  if (actions === undefined) return inWholeLog((isIn) => page(isIn))
  return sql`select w.id from unnest(${`{${[...new Set(actions)].join()}}`}::text[]) as a(action)
    cross join lateral (${inWholeLog((isIn) => page(isIn, sql`${e.action} = a.action`))}) w`
}

function whereOf(projectId: string, filter: AuditFilter, after: string[] | undefined) {
  return and(
    eq(e.projectId, projectId),
    filter.actor === undefined ? undefined : eq(e.actorId, filter.actor),
    filter.target === undefined ? undefined : eq(e.targetId, filter.target),
    filter.since && gte(e.at, filter.since),
    filter.until && lt(e.at, filter.until),
    after && sql`(${e.at}, ${e.ordinal}) < (${after[0]}::timestamptz, ${after[1]}::bigint)`,
  )
}
