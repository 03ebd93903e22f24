import { and, eq, getTableColumns, sql, type SQL } from 'drizzle-orm'
import { alias, type PgColumn } from 'drizzle-orm/pg-core'
import { onceFor, type Database } from '@/db/client'
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
  db: Database,
  projectId: string,
  { actions, since, until, limit, cursor, ...narrowing }: AuditFilter,
  withDetail = true,
): Promise<Page<ListedEntry>> {
  const after = cursor === undefined ? undefined : decodeCursor('audit', projectId, cursor)
  const given = {
    ...narrowing,
    since: since?.toISOString(),
    until: until?.toISOString(),
    ...(actions && { actions: `{${[...new Set(actions)].join()}}` }),
    ...(after && { afterAt: after[0], afterOrdinal: after[1] }),
  }
  const by = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  const rows = await listOf(db, by.join(), withDetail).execute({ ...given, projectId, most: limit + 1 })
  const { items, end } = cutPage(rows, limit)
  const place = end && [end.at.toISOString(), String(end.ordinal)]
  return { items, nextCursor: place ? encodeCursor('audit', projectId, place) : null }
}

const listsOf = onceFor(() => new Map<string, ReturnType<typeof buildList>>())

/** Of those narrowed by the same, one statement, since to build it takes as long as to read a page. */
function listOf(db: Database, by: string, withDetail: boolean) {
  const lists = listsOf(db)
  const name = `${by} ${withDetail}`
  const list = lists.get(name) ?? buildList(db, new Set(by.split(',')), withDetail)
  lists.set(name, list)
  return list
}

function buildList(db: Database, by: ReadonlySet<string>, withDetail: boolean) {
  const { detail } = auditEntries
  const isWithin = isWithinBytes(withDetail ? [bytesOf(detail)] : [], sql.join(byTime, sql`, `))
  return db
    .select({
      ...getTableColumns(auditEntries),
      detail: withDetail ? ifWithin(isWithin, detail) : sql<null>`null`,
      isWithin,
    })
    .from(auditEntries)
    .where(
      by.has('actions')
        ? sql`${auditEntries.id} = any(array(${newestOfActions(by)}))`
        : whereOf(auditEntries, by),
    )
    .orderBy(...byTime)
    .limit(sql.placeholder('most'))
    .prepare('audit_entries')
}

type Columns = Record<'projectId' | 'actorId' | 'targetId' | 'at' | 'ordinal', PgColumn>

function whereOf(e: Columns, by: ReadonlySet<string>) {
  const value = sql.placeholder
  return and(
    eq(e.projectId, value('projectId')),
    by.has('actor') ? eq(e.actorId, value('actor')) : undefined,
    by.has('target') ? eq(e.targetId, value('target')) : undefined,
    by.has('since') ? sql`${e.at} >= ${value('since')}::timestamptz` : undefined,
    by.has('until') ? sql`${e.at} < ${value('until')}::timestamptz` : undefined,
    by.has('afterAt')
      ? sql`(${e.at}, ${e.ordinal}) < (${value('afterAt')}::timestamptz, ${value('afterOrdinal')}::bigint)`
      : undefined,
  )
}

/** The ids of a page and one more of each action by its own index, to be merged. */
function newestOfActions(by: ReadonlySet<string>): SQL {
  const e = alias(auditEntries, 'e')
  return sql`select w.id from unnest(${sql.placeholder('actions')}::text[]) as a(action)
    cross join lateral (
      select ${e.id} from ${auditEntries} e where ${whereOf(e, by)} and ${e.action} = a.action
      order by ${sql.join(newestFirst(e.at, e.ordinal), sql`, `)} limit ${sql.placeholder('most')}) w`
}
