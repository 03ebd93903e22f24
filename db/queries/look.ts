import { and, eq, gt, isNotNull, isNull, or, sql } from 'drizzle-orm'
import { oncePerPool, type Database } from '@/db/client'
import { forEach, given } from '@/db/for-each'
import { agents } from '@/db/schema/agents'
import { approvals, decisions } from '@/db/schema/approvals'
import { keys, members, projects, users } from '@/db/schema/identity'
import { runs, toolCalls } from '@/db/schema/runs'
import { approvalColumns, type ApprovalRecord } from './approvals'
import { touchKey } from './credentials'

/*
 * The looks of the direct way (`ask-direct`, `decide-direct`, `claim-direct`): in one statement what the
 * actor's key opens now, what is acted on, and the clock. Nothing is locked; the write that follows makes
 * sure that all of it still holds. Who comes while a look is on its way shares the next one (`item` is a row for
 * each). Rows are found by their own ids; `is true` around what else must hold keeps
 * a planner that knows no figures yet from walking the whole project instead.
 */

const actor = {
  keyId: keys.id,
  keyName: keys.name,
  scopes: keys.scopes,
  isStale: sql<boolean>`${keys.lastUsedAt} is null or ${keys.lastUsedAt} < now() - interval '60 seconds'`,
  allowOwnRequest: projects.allowOwnRequest,
  auditRuns: projects.auditRuns,
}

/** What a look is for. */
const columns = {
  keyId: 'text',
  projectId: 'text',
  agent: 'text',
  askKey: 'text',
  run: 'text',
  toolCallId: 'text',
  approvalId: 'text',
  most: 'integer',
}

const isLiveKey = and(
  eq(keys.id, given('keyId')),
  sql`(${keys.projectId} = ${given('projectId')}) is true`,
  isNull(keys.revokedAt),
  or(isNull(keys.expiresAt), gt(keys.expiresAt, sql`clock_timestamp()`)),
)

/** How many of the agent's approvals are pending, counted up to `most`. */
const pendingOfAgent = sql<number>`(select count(*)::int from (
  select 1 from ${approvals} p where p.agent_id = ${agents.id} and p.status = 'pending'
  limit ${given('most')}) counted)`

/** What every ask has to know. */
const asked = {
  agentId: agents.id,
  agentName: agents.name,
  version: agents.version,
  versionId: agents.versionId,
  earlierCall: toolCalls.id,
  pending: pendingOfAgent,
  now: sql`clock_timestamp()`.mapWith((text: string) => new Date(text)),
}

const hasDueOfRun = sql<boolean>`exists (select 1 from ${approvals} due where due.run_id = ${runs.id}
  and (due.status = 'pending' and due.expires_at <= clock_timestamp()) is true)`

type Look = { keyId: string; projectId: string }

/** The row for one who looks; undefined where there is none. */
function looking<Row extends { keyId: string; isStale: boolean }>(
  build: (select: Database['select']) => PromiseLike<Row[]>,
): (db: Database, look: Look) => Promise<Row | undefined> {
  const see = forEach<Look, Row>(columns, build)
  return async (db, look) => {
    const row = await see(db, look)
    if (row?.isStale) void touchKey(db, row.keyId).catch(() => {})
    return row
  }
}

const seeForNewRun = looking((select) =>
  select({
    ...actor,
    ...asked,
  })
    .from(keys)
    .innerJoin(projects, eq(projects.id, keys.projectId))
    .innerJoin(agents, and(eq(agents.projectId, keys.projectId), eq(agents.name, given('agent'))))
    .leftJoin(toolCalls, and(eq(toolCalls.agentId, agents.id), eq(toolCalls.askKey, given('askKey'))))
    .where(isLiveKey),
)

/** For an ask that starts its own run; undefined where the key or the agent is not there. */
export function lookForNewRun(
  db: Database,
  look: Look & { agent: string; askKey: string | null; most: number },
) {
  return seeForNewRun(db, look)
}

/** Found by its id alone, or by the project's name for it. */
const runOfKey = (name: 'id' | 'externalId') =>
  and(
    eq(runs[name], given('run')),
    name === 'id' ? sql`(${runs.projectId} = ${keys.projectId}) is true` : eq(runs.projectId, keys.projectId),
  )

const inRun = (name: 'id' | 'externalId') =>
  looking((select) =>
    select({
      ...actor,
      ...asked,
      run: runs,
      hasDue: hasDueOfRun,
    })
      .from(keys)
      .innerJoin(projects, eq(projects.id, keys.projectId))
      .innerJoin(runs, runOfKey(name))
      .innerJoin(agents, eq(agents.id, runs.agentId))
      .leftJoin(toolCalls, and(eq(toolCalls.runId, runs.id), eq(toolCalls.toolCallId, given('toolCallId'))))
      .where(isLiveKey),
  )

const seeInRunById = inRun('id')
const seeInRunByExternalId = inRun('externalId')

/** For an ask in a run, by its id or external id; undefined where the key or the run is not there. */
export function lookInRun(
  db: Database,
  look: Look & { run: string; toolCallId: string | null; most: number },
) {
  return look.run.startsWith('run_') ? seeInRunById(db, look) : seeInRunByExternalId(db, look)
}

const seeApproval = looking((select) =>
  select({
    ...approvalColumns,
    ...actor,
    kind: keys.kind,
    personId: users.id,
    personName: users.name,
    personEmail: users.email,
    role: members.role,
    pendingCount: runs.pendingCount,
    hasDue: hasDueOfRun,
  })
    .from(keys)
    .innerJoin(projects, eq(projects.id, keys.projectId))
    .leftJoin(users, eq(users.id, keys.userId))
    .leftJoin(
      members,
      and(
        eq(members.projectId, keys.projectId),
        eq(members.userId, keys.userId),
        isNotNull(members.joinedAt),
      ),
    )
    .innerJoin(
      approvals,
      and(eq(approvals.id, given('approvalId')), sql`(${approvals.projectId} = ${keys.projectId}) is true`),
    )
    .innerJoin(toolCalls, eq(toolCalls.id, approvals.callId))
    .innerJoin(runs, eq(runs.id, approvals.runId))
    .leftJoin(decisions, eq(decisions.approvalId, approvals.id))
    .where(isLiveKey),
)

/** An approval with the key's rights and its run's state; `hasDue` where something of the run is past its deadline. */
export type Looked = ApprovalRecord & NonNullable<Awaited<ReturnType<typeof lookAtApproval>>>

/** For a decision, a claim or a look at one approval; undefined where the key or the approval is not there. */
export function lookAtApproval(db: Database, look: Look & { approvalId: string }) {
  return seeApproval(db, look)
}

const liveKeys = sql<string[]>`array(
  select k.id from ${keys} k
  left join ${members} m on m.project_id = k.project_id and m.user_id = k.user_id and m.joined_at is not null
  where k.id = any(${sql.placeholder('keyIds')}::text[]) and k.revoked_at is null
    and (k.expires_at is null or k.expires_at > clock_timestamp())
    and (k.kind = 'agent' or m.user_id is not null))`

const forWaiters = oncePerPool((db) =>
  db
    .select({ ...approvalColumns, liveKeys })
    .from(approvals)
    .innerJoin(toolCalls, eq(toolCalls.id, approvals.callId))
    .innerJoin(runs, eq(runs.id, approvals.runId))
    .leftJoin(decisions, eq(decisions.approvalId, approvals.id))
    .where(sql`${approvals.id} = any(${sql.placeholder('ids')}::text[])`)
    .prepare('look_for_waiters'),
)

/**
 * Several approvals, of any project, for waiters who each proved that theirs is, with those of their keys that
 * still open anything: one snapshot, so that nobody who was revoked before a decision learns of it.
 */
export async function lookForWaiters(
  db: Database,
  ids: string[],
  keyIds: string[],
): Promise<{ records: ApprovalRecord[]; live: Set<string> }> {
  const list = (items: string[]) => `{${items.join(',')}}`
  const rows = await forWaiters(db).execute({ ids: list(ids), keyIds: list(keyIds) })
  return { records: rows, live: new Set(rows[0]?.liveKeys) }
}
