import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { approvals } from '@/db/schema/approvals'
import { members, projects, users } from '@/db/schema/identity'
import { noticePreferences } from '@/db/schema/notices'
import { runs } from '@/db/schema/runs'
import type { Person } from '@/lib/policy/people'
import { isOneOf } from '../one-of'
import { personJson } from './voting'

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
  /** Whoever changed the params; nobody could where the policy has no terms. */
  editors: sql<string[]>`case when ${approvals.terms} is null then '{}' else array(
    select distinct d.reviewer_id from decisions d
    where d.approval_id = ${approvals.id} and d.params is not null) end`,
  /** Who has voted on the params in force and not taken it back; without terms, nobody. */
  voters: sql<string[]>`case when ${approvals.terms} is null then '{}' else array(select reviewer_id from (
      select distinct on (d.reviewer_id) d.reviewer_id, d.decision
      from decisions d join tool_calls c on c.id = ${approvals.callId}
      where d.approval_id = ${approvals.id}
        and coalesce(d.digest, c.digest) = coalesce(${approvals.editedDigest}, c.digest)
      order by d.reviewer_id, d.at desc, d.id desc) as last
    where decision <> 'withdraw') end`,
  readAt: sql`clock_timestamp()`.mapWith((text: string) => new Date(text)),
}
/** `is true`: of what is pending only those that were asked for are to be read. */
const isOpen = sql`(${approvals.status} = 'pending' and ${approvals.expiresAt} > clock_timestamp()) is true`

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
