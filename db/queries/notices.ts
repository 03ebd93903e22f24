import { and, desc, eq, exists, inArray, isNotNull, isNull, ne, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Queryable } from '@/db/client'
import { agents, agentVersions } from '@/db/schema/agents'
import { approvalEvents, approvals } from '@/db/schema/approvals'
import { members, projects, users } from '@/db/schema/identity'
import { mailItems, mails, noticePreferences, notices } from '@/db/schema/notices'
import { runs } from '@/db/schema/runs'
import type { NoticeKind } from '@/lib/notices/schemas'
import type { Person } from '@/lib/policy/people'
import { isOneOf } from '../one-of'
import { decodeCursor, encodeCursor, type Page } from './cursor'
import { newestFirst } from './newest-first'
import { personJson } from './voting'

const pausedAgents = alias(agents, 'paused_agents')

const databaseNow = sql`clock_timestamp()`

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

const openColumns = {
  id: approvals.id,
  projectId: approvals.projectId,
  agentName: approvals.agentName,
  tool: approvals.tool,
  initiator: runs.initiator,
  requestedAt: approvals.requestedAt,
  expiresAt: approvals.expiresAt,
  terms: approvals.terms,
  pools: approvals.pools,
  readAt: databaseNow.mapWith((text: string) => new Date(text)),
}
/** `is true`: of what is pending only those that were asked for are to be read. */
const isOpen = sql`(${approvals.status} = 'pending' and ${approvals.expiresAt} > ${databaseNow}) is true`

/** What of an approval decides who hears of it. */
export type OpenApproval = Awaited<ReturnType<typeof listOpenApprovals>>[number]

/** Those of many approvals that are pending and before their deadline by the database's clock, oldest first. */
export async function listOpenApprovals(db: Queryable, ids: string[]) {
  return db
    .select(openColumns)
    .from(approvals)
    .innerJoin(runs, eq(runs.id, approvals.runId))
    .where(and(isOneOf(approvals.id, ids), isOpen))
    .orderBy(approvals.requestedAt, approvals.id)
}

/** Of those of some approvals whose params a reviewer changed, who gave those in force. */
export async function findEditors(db: Queryable, approvalIds: string[]): Promise<Map<string, string>> {
  const rows = await db.execute<{ id: string; editor: string }>(sql`
    select distinct on (a.id) a.id, d.reviewer_id as editor
    from approvals a join decisions d on d.approval_id = a.id and d.params is not null and d.digest = a.edited_digest
    where ${isOneOf(sql`a.id`, approvalIds)} and a.edited_digest is not null order by a.id, d.at desc`)
  return new Map(rows.map(({ id, editor }) => [id, editor]))
}

/** Somebody who may decide in the project, with how they want to hear of it. */
export type Reviewer = Awaited<ReturnType<typeof listReviewers>>[number]

/**
 * The project's members who have joined and may decide, in the order of their ids.
 * @param userId only this one
 */
export async function listReviewers(db: Queryable, projectId: string, userId?: string) {
  return db
    .select({
      userId: users.id,
      address: users.email,
      role: members.role,
      allowsOwnRequest: projects.allowOwnRequest,
      wantsMail: sql<boolean>`coalesce(${noticePreferences.email}, true)`,
      wantsInApp: sql<boolean>`coalesce(${noticePreferences.inApp}, true)`,
      agents: sql<string[]>`coalesce(${noticePreferences.agents}, '{}')`,
      tools: sql<string[]>`coalesce(${noticePreferences.tools}, '{}')`,
      groups: sql<string[]>`array(select g.slug from group_members gm join groups g on g.id = gm.group_id
        where gm.project_id = ${members.projectId} and gm.user_id = ${members.userId})`,
      /** Who is away at this moment and has them decide in their place. */
      standsFor: sql<Person[]>`coalesce((select json_agg(${sql.raw(personJson)})
        from absences b join members m on m.project_id = b.project_id and m.user_id = b.user_id join users u on u.id = m.user_id
        where b.project_id = ${members.projectId} and b.delegate_id = ${members.userId} and b.revoked_at is null
          and b.starts_at <= clock_timestamp() and b.ends_at > clock_timestamp() and m.joined_at is not null), '[]')`,
      isMuted: sql<boolean>`coalesce(${noticePreferences.mutedUntil} > clock_timestamp(), false)`,
      isAway: sql<boolean>`exists(select 1 from absences b
        where b.project_id = ${members.projectId} and b.user_id = ${members.userId} and b.revoked_at is null
          and b.starts_at <= clock_timestamp() and b.ends_at > clock_timestamp())`,
      quietHours: users.quietHours,
      /** Whether a browser of theirs is told by push. */
      hasPush: sql<boolean>`exists(select 1 from push_subscriptions b join sessions s on s.session_token = b.session_token
        where b.project_id = ${members.projectId} and b.user_id = ${members.userId} and s.expires > clock_timestamp())`,
    })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .innerJoin(projects, eq(projects.id, members.projectId))
    .leftJoin(
      noticePreferences,
      and(eq(noticePreferences.projectId, members.projectId), eq(noticePreferences.userId, members.userId)),
    )
    .where(
      and(
        eq(members.projectId, projectId),
        userId === undefined ? undefined : eq(members.userId, userId),
        isNotNull(members.joinedAt),
        inArray(members.role, ['reviewer', 'admin', 'owner']),
      ),
    )
    .orderBy(users.id)
}

/** What a person is still to be mailed of approvals, oldest first: the kinds by approval. */
export async function listWaitingItems(db: Queryable, projectId: string, userId: string) {
  return db
    .select({ approvalId: mailItems.approvalId, kind: mailItems.kind })
    .from(mailItems)
    .where(and(waitsFor(projectId, userId), ne(mailItems.kind, 'policy_loosened')))
    .orderBy(mailItems.createdAt, mailItems.approvalId)
}

function waitsFor(projectId: string, userId: string) {
  return and(eq(mailItems.projectId, projectId), eq(mailItems.userId, userId), isNull(mailItems.mailId))
}

export type LoosenedRecord = Awaited<ReturnType<typeof listLoosenedToMail>>[number]

/** The versions of agents' files that a person is still to be mailed of, newest first. */
export async function listLoosenedToMail(db: Queryable, projectId: string, userId: string) {
  return db
    .select({
      versionId: agentVersions.id,
      version: agentVersions.version,
      agent: agents.name,
      inForce: agents.version,
      text: notices.text,
    })
    .from(mailItems)
    .innerJoin(agentVersions, eq(agentVersions.id, mailItems.approvalId))
    .innerJoin(agents, eq(agents.id, agentVersions.agentId))
    .innerJoin(
      notices,
      and(
        eq(notices.subjectId, mailItems.approvalId),
        eq(notices.userId, mailItems.userId),
        eq(notices.kind, mailItems.kind),
      ),
    )
    .where(and(waitsFor(projectId, userId), eq(mailItems.kind, 'policy_loosened')))
    .orderBy(desc(mailItems.createdAt), desc(agentVersions.version))
}

/** When the person was last written a mail of this kind about the project, within the last `seconds`. */
export async function findLastMailAt(
  db: Queryable,
  where: { projectId: string; address: string; kind: string; seconds: number },
): Promise<Date | undefined> {
  const [row] = await db
    .select({ at: mails.createdAt })
    .from(mails)
    .where(
      and(
        sql`${mails.createdAt} > clock_timestamp() - make_interval(secs => ${where.seconds})`,
        eq(mails.kind, where.kind),
        eq(mails.projectId, where.projectId),
        eq(mails.recipient, where.address),
      ),
    )
    .orderBy(desc(mails.createdAt))
    .limit(1)
  return row?.at
}

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
      now: databaseNow.mapWith((text: string) => new Date(text)),
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

/** In which projects something waits to be mailed to a person. */
export async function listProjectsWithItems(db: Queryable, userId: string): Promise<string[]> {
  const rows = await db
    .select({ projectId: members.projectId })
    .from(members)
    .where(
      and(
        eq(members.userId, userId),
        exists(
          db
            .select({ one: sql`1` })
            .from(mailItems)
            .where(
              and(
                eq(mailItems.projectId, members.projectId),
                eq(mailItems.userId, members.userId),
                isNull(mailItems.mailId),
              ),
            ),
        ),
      ),
    )
  return rows.map(({ projectId }) => projectId)
}

/** To whom of a project something waits to be mailed. */
export async function listPeopleWithItems(db: Queryable, projectId: string): Promise<string[]> {
  const rows = await db
    .selectDistinct({ userId: mailItems.userId })
    .from(mailItems)
    .where(and(eq(mailItems.projectId, projectId), isNull(mailItems.mailId)))
  return rows.map(({ userId }) => userId)
}
