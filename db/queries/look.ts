import { and, eq, isNotNull, sql, type SQL } from 'drizzle-orm'
import { isTransaction, oncePerPool, type Database, type Queryable } from '@/db/client'
import { forEach, given } from '@/db/for-each'
import { credentialsThatOpen, liveKey, liveSession } from '@/db/rights'
import { agents } from '@/db/schema/agents'
import { approvals, decisions } from '@/db/schema/approvals'
import { keys, members, projects, users } from '@/db/schema/identity'
import { runs, toolCalls } from '@/db/schema/runs'
import { approvalColumns, endsApproval, type ApprovalRecord } from './approvals'
import { noteUse } from './credentials'
import { pauseIn, pauseOfOneIn } from './pause'
import { withItsMore, withMore } from './voting'

/*
 * The looks of what is done all day (to ask, decide, claim, cancel, read one approval): in one statement what the
 * credential opens now, what is acted on, and the clock. Nothing is locked; the write that follows makes
 * sure that all of it still holds. Who comes while a look is on its way shares the next one (`item` is a row for
 * each).
 *
 * A plan that was made while a table was empty is kept until the table is analyzed, and walks an index where it may look
 * only for the later of its columns. So rows are found by their own ids, with `is true` around what else must hold; or
 * by a pair of columns of which neither is another table's, unless in a subquery, which knows both.
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
  sessionToken: 'text',
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
  sql.raw(liveKey('keys')),
)

/** How many of the agent's approvals are pending, counted up to `most`. */
const pendingOfAgent = sql<number>`(select count(*)::int from (
  select 1 from ${approvals} p where p.agent_id = ${agents.id} and p.status = 'pending'
  limit ${given('most')}) counted)`

/** The call that this ask repeats, if it does. */
const earlierCall = (of: SQL | undefined) =>
  sql<string | null>`(select ${toolCalls.id} from ${toolCalls} where ${of})`

/** What every ask has to know. */
const asked = {
  agentId: agents.id,
  agentName: agents.name,
  version: agents.version,
  versionId: agents.versionId,
  pause: pauseIn(agents, projects),
  pending: pendingOfAgent,
  now: sql`clock_timestamp()`.mapWith((text: string) => new Date(text)),
}

const hasDueOfRun = sql<boolean>`exists (select 1 from ${approvals} due where due.run_id = ${runs.id}
  and (due.status = 'pending' and due.expires_at <= clock_timestamp()) is true)`

type Look = { keyId: string | null; projectId: string }

/** The row for one who looks; undefined where there is none. */
function looking<Row extends { keyId: string | null; isStale: boolean }>(
  build: (select: Database['select']) => PromiseLike<Row[]>,
): (db: Queryable, look: Look) => Promise<Row | undefined> {
  const see = forEach<Look, Row>(columns, build)
  return async (db, look) => {
    const row = await see(db, look)
    if (row?.isStale && row.keyId !== null && !isTransaction(db)) noteUse(db, row.keyId)
    return row
  }
}

const seeForNewRun = looking((select) =>
  select({
    ...actor,
    ...asked,
    earlierCall: earlierCall(and(eq(toolCalls.agentId, agents.id), eq(toolCalls.askKey, given('askKey')))),
  })
    .from(keys)
    .innerJoin(projects, eq(projects.id, keys.projectId))
    .innerJoin(agents, and(eq(agents.projectId, given('projectId')), eq(agents.name, given('agent'))))
    .where(isLiveKey),
)

/** For an ask that starts its own run; undefined where the key or the agent is not there. */
export function lookForNewRun(
  db: Queryable,
  look: Look & { agent: string; askKey: string | null; most: number },
) {
  return seeForNewRun(db, look)
}

/** Found by its id alone, or by the project's name for it. */
const runOfKey = (name: 'id' | 'externalId') =>
  and(
    eq(runs[name], given('run')),
    name === 'id'
      ? sql`(${runs.projectId} = ${keys.projectId}) is true`
      : eq(runs.projectId, given('projectId')),
  )

const inRun = (name: 'id' | 'externalId') =>
  looking((select) =>
    select({
      ...actor,
      ...asked,
      run: runs,
      hasDue: hasDueOfRun,
      earlierCall: earlierCall(
        and(eq(toolCalls.runId, runs.id), eq(toolCalls.toolCallId, given('toolCallId'))),
      ),
    })
      .from(keys)
      .innerJoin(projects, eq(projects.id, keys.projectId))
      .innerJoin(runs, runOfKey(name))
      .innerJoin(agents, eq(agents.id, runs.agentId))
      .where(isLiveKey),
  )

const seeInRunById = inRun('id')
const seeInRunByExternalId = inRun('externalId')

/** For an ask in a run, by its id or external id; undefined where the key or the run is not there. */
export function lookInRun(
  db: Queryable,
  look: Look & { run: string; toolCallId: string | null; most: number },
) {
  return look.run.startsWith('run_') ? seeInRunById(db, look) : seeInRunByExternalId(db, look)
}

/** What opens the project to who looks: an agent key or a member's personal token, or a member's browser session. */
const credentials = {
  key: sql`(
  select k.id, k.name, k.kind::text as kind, k.scopes, k.project_id, k.user_id,
    k.last_used_at is null or k.last_used_at < now() - interval '60 seconds' as is_stale
  from keys k where k.id = ${given('keyId')} and (k.project_id = ${given('projectId')}) is true and ${sql.raw(liveKey('k'))}) credential`,
  session: sql`(
  select null as id, null as name, 'session' as kind, '{}'::text[] as scopes, m.project_id, s.user_id, false as is_stale
  from sessions s join members m on m.project_id = ${given('projectId')} and m.user_id = s.user_id
  where s.session_token = ${given('sessionToken')} and ${sql.raw(liveSession('s'))}) credential`,
}

const seeApprovalBy = (credential: keyof typeof credentials) =>
  looking((select) =>
    select({
      ...approvalColumns,
      pause: pauseOfOneIn(approvals.agentId),
      kind: sql<'agent' | 'personal' | 'session'>`credential.kind`,
      keyId: sql<string | null>`credential.id`,
      keyName: sql<string | null>`credential.name`,
      scopes: sql<string[]>`credential.scopes`,
      isStale: sql<boolean>`credential.is_stale`,
      allowOwnRequest: projects.allowOwnRequest,
      auditRuns: projects.auditRuns,
      personId: users.id,
      personName: users.name,
      personEmail: users.email,
      role: members.role,
      pendingCount: runs.pendingCount,
      runStartedAt: runs.startedAt,
      hasDue: hasDueOfRun,
    })
      .from(credentials[credential])
      .innerJoin(projects, eq(projects.id, sql`credential.project_id`))
      .leftJoin(users, eq(users.id, sql`credential.user_id`))
      .leftJoin(
        members,
        and(
          eq(members.projectId, sql`credential.project_id`),
          eq(members.userId, users.id),
          isNotNull(members.joinedAt),
        ),
      )
      .innerJoin(
        approvals,
        and(
          eq(approvals.id, given('approvalId')),
          sql`(${approvals.projectId} = credential.project_id) is true`,
        ),
      )
      .innerJoin(toolCalls, eq(toolCalls.id, approvals.callId))
      .innerJoin(runs, eq(runs.id, approvals.runId))
      .leftJoin(decisions, endsApproval),
  )

const seeApproval = { byKey: seeApprovalBy('key'), bySession: seeApprovalBy('session') }

/** An approval with the credential's rights and its run's state; `hasDue` where something of the run is past its deadline. */
export type Looked = NonNullable<Awaited<ReturnType<typeof lookAtApproval>>>

/**
 * For a decision, a claim, a withdrawal or a look at one approval; undefined where the credential or the approval is
 * not there. In a transaction it is for that alone; else those who come together share a statement.
 */
export async function lookAtApproval(
  db: Queryable,
  look: { keyId: string | null; sessionToken: string | null; projectId: string; approvalId: string },
) {
  const see = look.keyId === null ? seeApproval.bySession : seeApproval.byKey
  return withItsMore(db, await see(db, look))
}

const forWaiters = oncePerPool((db) =>
  db
    .select({
      ...approvalColumns,
      live: sql<string[]>`array(${sql.raw(credentialsThatOpen('asked.ids', 'approvals.project_id'))})`,
    })
    .from(approvals)
    .innerJoin(toolCalls, eq(toolCalls.id, approvals.callId))
    .innerJoin(runs, eq(runs.id, approvals.runId))
    .leftJoin(decisions, endsApproval)
    .crossJoin(sql`(select ${sql.placeholder('credentials')}::text[] as ids) asked`)
    .where(sql`${approvals.id} = any(${sql.placeholder('ids')}::text[])`)
    .prepare('look_for_waiters'),
)

/**
 * Several approvals, of any project, for waiters who each proved that theirs is, with those of their credentials (ids of
 * keys, hashes of session tokens) that still open anything in its project: one snapshot, so that nobody who was revoked
 * before a decision learns of it.
 */
export async function lookForWaiters(
  db: Database,
  ids: string[],
  credentials: string[],
): Promise<(ApprovalRecord & { live: string[] })[]> {
  const list = (items: string[]) => `{${items.join(',')}}`
  return withMore(db, await forWaiters(db).execute({ ids: list(ids), credentials: list(credentials) }))
}
