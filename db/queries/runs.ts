import { and, eq, sql, type SQL } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { approvals } from '@/db/schema/approvals'
import { checkpoints, runs, runStatus, toolCalls } from '@/db/schema/runs'
import { grantMinutes } from '@/lib/approvals/transition'
import { isOneOf } from '../one-of'
import { bytesOf, ifWithin, isWithinBytes, cutPage } from './bounded'
import { decodeCursor, encodeCursor, type Page } from './cursor'
import { newestFirst } from './newest-first'

export type RunStatus = (typeof runs.$inferSelect)['status']
export type RunRecord = NonNullable<Awaited<ReturnType<typeof findRun>>>
const columns = {
  id: runs.id,
  projectId: runs.projectId,
  agentId: runs.agentId,
  agentName: runs.agentName,
  externalId: runs.externalId,
  policyVersion: runs.policyVersion,
  status: runs.status,
  pendingCount: runs.pendingCount,
  input: runs.input,
  context: runs.context,
  output: runs.output,
  error: runs.error,
  truncatedBytes: runs.truncatedBytes,
  initiator: runs.initiator,
  parentRunId: runs.parentRunId,
  startedAt: runs.startedAt,
  finishedAt: runs.finishedAt,
}

/** A run of the project by its id or its external id. */
export async function findRun(db: Queryable, projectId: string, idOrExternalId: string) {
  const [row] = await db
    .select(columns)
    .from(runs)
    .where(and(eq(runs.projectId, projectId), runNamed(idOrExternalId)))
    .limit(1)
  return row
}

/** Ids begin with `run_` and external ids may not, so a name means one thing. */
export function runNamed(idOrExternalId: string) {
  return idOrExternalId.startsWith('run_') ? eq(runs.id, idOrExternalId) : eq(runs.externalId, idOrExternalId)
}

/** The id of the run so named, as a subquery. */
export function runIdNamed(projectId: string, idOrExternalId: string): SQL {
  return sql`select ${runs.id} from ${runs} where ${runs.projectId} = ${projectId} and ${runNamed(idOrExternalId)}`
}

export type RunFilter = {
  statuses?: RunStatus[] | undefined
  agent?: string | undefined
  limit: number
  cursor?: string | undefined
}

const runTexts = ['input', 'context', 'output', 'error'] as const
type RunText = (typeof runTexts)[number]
/** The long texts that a list of runs is read with. */
export type RunTexts = ReadonlySet<RunText>

/**
 * A page of runs, newest first, as many as its bytes allow.
 * @param texts the others are null
 * @throws AppError `invalid_cursor`
 */
export async function listRuns(
  db: Queryable,
  projectId: string,
  filter: RunFilter,
  texts: RunTexts = new Set(runTexts),
): Promise<Page<RunRecord>> {
  const after = filter.cursor === undefined ? undefined : decodeCursor('runs', projectId, filter.cursor)
  const order = newestFirst(runs.startedAt, runs.id)
  const read = runTexts.filter((name) => texts.has(name))
  const isWithin = isWithinBytes(
    read.map((name) => bytesOf(runs[name])),
    sql.join(order, sql`, `),
  )
  const text = (name: RunText) => (texts.has(name) ? ifWithin(isWithin, runs[name]) : sql<null>`null`)
  const rows = await db
    .select({
      ...columns,
      input: text('input'),
      context: text('context'),
      output: text('output'),
      error: text('error'),
      isWithin,
    })
    .from(runs)
    .where(sql`${runs.id} = any(array(${newestIds(projectId, filter, after)}))`)
    .orderBy(...order)
    .limit(filter.limit + 1)
  const { items, end } = cutPage(rows, filter.limit)
  const place = end && [end.startedAt.toISOString(), end.id]
  return { items, nextCursor: place ? encodeCursor('runs', projectId, place) : null }
}

/** The ids of a page and one more of each status by its own index, to be merged. */
function newestIds(projectId: string, filter: RunFilter, after: string[] | undefined): SQL {
  const statuses = new Set(filter.statuses ?? runStatus.enumValues)
  return sql`select w.id from unnest(${`{${[...statuses].join()}}`}::run_status[]) as s(status)
    cross join lateral (
      select r.id from runs r where r.project_id = ${projectId} and r.status = s.status
        ${filter.agent === undefined ? sql`` : sql`and r.agent_name = ${filter.agent}`}
        ${after && sql`and (r.started_at, r.id) < (${after[0]}::timestamptz, ${after[1]})`}
      order by r.started_at desc nulls last, r.id desc nulls last limit ${filter.limit + 1}) w`
}

/** One tool call of a run by the caller's id. */
export async function findToolCallOfRun(db: Queryable, projectId: string, runId: string, toolCallId: string) {
  const [row] = await db
    .select()
    .from(toolCalls)
    .where(
      and(
        eq(toolCalls.projectId, projectId),
        eq(toolCalls.runId, runId),
        eq(toolCalls.toolCallId, toolCallId),
      ),
    )
    .limit(1)
  return row
}

/** Several tool calls of a run by the caller's ids, in no order. */
export async function findToolCallsOfRun(
  db: Queryable,
  projectId: string,
  runId: string,
  toolCallIds: string[],
) {
  return db
    .select()
    .from(toolCalls)
    .where(
      and(
        eq(toolCalls.projectId, projectId),
        eq(toolCalls.runId, runId),
        isOneOf(toolCalls.toolCallId, toolCallIds),
      ),
    )
}

/**
 * The call that an ask without a run made under the caller's id. `isOver` where the id is free again: its run has
 * ended, or it was asked for 24 hours ago. A refusal that ended the run is found for these hours, so that a retry
 * hears of it instead of asking anew, and what may still be decided or claimed for as long as it may.
 */
export async function findToolCallByAskKey(
  db: Queryable,
  projectId: string,
  agentId: string,
  askKey: string,
) {
  const endedRun = sql`(${approvals.onRejection} = 'fail' and ${approvals.status} in ('rejected', 'expired'))`
  const isOpen = sql`(${approvals.status} = 'pending' or (${approvals.status} = 'approved'
    and ${approvals.claimedAt} is null
    and ${approvals.resolvedAt} > clock_timestamp() - make_interval(mins => ${grantMinutes}::int)))`
  const isOver = sql<boolean>`(${runs.finishedAt} is not null and ${endedRun} is not true)
    or (${toolCalls.startedAt} <= clock_timestamp() - interval '24 hours'
      and (${runs.finishedAt} is not null or ${isOpen} is not true))`
  const [row] = await db
    .select({ call: toolCalls, run: { status: runs.status }, isOver })
    .from(toolCalls)
    .innerJoin(runs, eq(runs.id, toolCalls.runId))
    .leftJoin(approvals, eq(approvals.callId, toolCalls.id))
    .where(
      and(eq(toolCalls.projectId, projectId), eq(toolCalls.agentId, agentId), eq(toolCalls.askKey, askKey)),
    )
    .limit(1)
  return row
}

/** The state that the agent left with a run. */
export async function findCheckpoint(db: Queryable, projectId: string, run: string) {
  const [row] = await db
    .select({
      runId: runs.id,
      contentType: checkpoints.contentType,
      body: checkpoints.body,
      version: checkpoints.version,
    })
    .from(runs)
    .leftJoin(checkpoints, eq(checkpoints.runId, runs.id))
    .where(and(eq(runs.projectId, projectId), runNamed(run)))
    .limit(1)
  return row
}
