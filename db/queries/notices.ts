import { and, eq, isNull, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Queryable } from '@/db/client'
import { agents, agentVersions } from '@/db/schema/agents'
import { approvals } from '@/db/schema/approvals'
import { users } from '@/db/schema/identity'
import { noticePreferences, notices } from '@/db/schema/notices'
import type { NoticeKind } from '@/lib/notices/schemas'
import { decodeCursor, encodeCursor, type Page } from './cursor'
import { newestFirst } from './newest-first'

const pausedAgents = alias(agents, 'paused_agents')

export type NoticeRecord = Awaited<ReturnType<typeof selectNotices>>[number]

function selectNotices(db: Queryable) {
  return db
    .select({
      id: notices.id,
      kind: sql<NoticeKind>`${notices.kind}`,
      subjectId: notices.subjectId,
      text: notices.text,
      createdAt: notices.createdAt,
      readAt: notices.readAt,
      clearedAt: notices.clearedAt,
      status: approvals.status,
      agentName: approvals.agentName,
      tool: approvals.tool,
      expiresAt: approvals.expiresAt,
      /** The agent whose policy was loosened, and in which version. */
      loosenedAgent: agents.name,
      loosenedVersion: agentVersions.version,
      /** The agent that was paused. */
      pausedAgent: pausedAgents.name,
      now: sql`clock_timestamp()`.mapWith((text: string) => new Date(text)),
    })
    .from(notices)
    .leftJoin(approvals, and(eq(approvals.id, notices.subjectId), eq(approvals.projectId, notices.projectId)))
    .leftJoin(agentVersions, eq(agentVersions.id, notices.subjectId))
    .leftJoin(agents, eq(agents.id, agentVersions.agentId))
    .leftJoin(pausedAgents, eq(pausedAgents.id, notices.subjectId))
    .$dynamic()
}

/**
 * A page of what one member was told in the project, newest first.
 * @throws AppError `invalid_cursor`
 */
export async function listNotices(
  db: Queryable,
  projectId: string,
  userId: string,
  page: { limit: number; cursor?: string | undefined },
): Promise<Page<NoticeRecord>> {
  const list = `notices:${userId}`
  const after = page.cursor === undefined ? undefined : decodeCursor(list, projectId, page.cursor)
  const rows = await selectNotices(db)
    .where(
      and(
        eq(notices.projectId, projectId),
        eq(notices.userId, userId),
        after && sql`(${notices.createdAt}, ${notices.id}) < (${after[0]}::timestamptz, ${after[1]})`,
      ),
    )
    .orderBy(...newestFirst(notices.createdAt, notices.id))
    .limit(page.limit + 1)
  const items = rows.slice(0, page.limit)
  const last = items.at(-1)
  const hasMore = rows.length > page.limit && last !== undefined
  return {
    items,
    nextCursor: hasMore ? encodeCursor(list, projectId, [last.createdAt.toISOString(), last.id]) : null,
  }
}

/** How many notices a member has neither read nor seen settled; counted up to `most`. */
export async function countUnreadNotices(
  db: Queryable,
  projectId: string,
  userId: string,
  most = 1000,
): Promise<number> {
  const some = db
    .select({ one: sql`1` })
    .from(notices)
    .where(
      and(
        eq(notices.projectId, projectId),
        eq(notices.userId, userId),
        isNull(notices.readAt),
        isNull(notices.clearedAt),
      ),
    )
    .limit(most)
    .as('some')
  const [row] = await db.select({ count: sql<number>`count(*)::int` }).from(some)
  return row?.count ?? 0
}

/** How a member wants to hear of requests; undefined is the default. */
export async function findNoticePreferences(db: Queryable, projectId: string, userId: string) {
  const [row] = await db
    .select()
    .from(noticePreferences)
    .where(and(eq(noticePreferences.projectId, projectId), eq(noticePreferences.userId, userId)))
  return row
}

/** The quiet hours of a person, in the form in which they are kept; null where they have none. */
export async function findQuietHours(db: Queryable, userId: string): Promise<string | null> {
  const [row] = await db.select({ kept: users.quietHours }).from(users).where(eq(users.id, userId))
  return row?.kept ?? null
}
