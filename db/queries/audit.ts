import { and, eq, getTableColumns, gte, lt, sql, type SQL } from 'drizzle-orm'
import { alias, type PgColumn } from 'drizzle-orm/pg-core'
import type { Queryable } from '@/db/client'
import { auditEntries } from '@/db/schema/audit'
import { bytesOf, cutPage, ifWithin, isWithinBytes } from './bounded'
import { decodeCursor, encodeCursor, type Page } from './cursor'
import { newestFirst } from './newest-first'

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
    .where(
      filter.actions === undefined
        ? whereOf(auditEntries, projectId, filter, after)
        : sql`${auditEntries.id} = any(array(${newestOfActions(projectId, filter, filter.actions, after)}))`,
    )
    .orderBy(...byTime)
    .limit(filter.limit + 1)
  const { items, end } = cutPage(rows, filter.limit)
  const place = end && [end.at.toISOString(), String(end.ordinal)]
  return { items, nextCursor: place ? encodeCursor('audit', projectId, place) : null }
}

type Filter = Omit<AuditFilter, 'actions'>

type Columns = Record<'projectId' | 'actorId' | 'targetId' | 'at' | 'ordinal', PgColumn>

function whereOf(e: Columns, projectId: string, filter: Filter, after: string[] | undefined) {
  return and(
    eq(e.projectId, projectId),
    filter.actor === undefined ? undefined : eq(e.actorId, filter.actor),
    filter.target === undefined ? undefined : eq(e.targetId, filter.target),
    filter.since && gte(e.at, filter.since),
    filter.until && lt(e.at, filter.until),
    after && sql`(${e.at}, ${e.ordinal}) < (${after[0]}::timestamptz, ${after[1]}::bigint)`,
  )
}

/** The ids of a page and one more of each action by its own index, to be merged. */
function newestOfActions(
  projectId: string,
  filter: Filter,
  actions: string[],
  after: string[] | undefined,
): SQL {
  const e = alias(auditEntries, 'e')
  return sql`select w.id from unnest(${`{${[...new Set(actions)].join()}}`}::text[]) as a(action)
    cross join lateral (
      select ${e.id} from ${auditEntries} e where ${whereOf(e, projectId, filter, after)} and ${e.action} = a.action
      order by ${sql.join(newestFirst(e.at, e.ordinal), sql`, `)} limit ${filter.limit + 1}) w`
}
