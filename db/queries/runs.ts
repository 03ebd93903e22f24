import { and, asc, eq, sql, type SQL } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { checkpoints, runs, runStatus, steps, toolCalls } from '@/db/schema/runs'
import { listApprovalsOfRun, type ApprovalRecord } from './approvals'
import { decodeCursor, encodeCursor, type Page } from './cursor'
import { newestFirst } from './newest-first'

export type RunStatus = (typeof runs.$inferSelect)['status']
export type RunRecord = NonNullable<Awaited<ReturnType<typeof findRun>>>
export type ToolCallRecord = typeof toolCalls.$inferSelect & { approval: ApprovalRecord | null }
export type StepRecord = typeof steps.$inferSelect

/** One step of a run's trace, in time order. */
export type TraceStep =
  { kind: 'tool'; at: Date; call: ToolCallRecord } | { kind: 'step'; at: Date; step: StepRecord }

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
  status?: RunStatus | undefined
  agent?: string | undefined
  limit: number
  cursor?: string | undefined
}

/**
 * A page of runs, newest first.
 * @throws AppError `invalid_cursor`
 */
export async function listRuns(
  db: Queryable,
  projectId: string,
  filter: RunFilter,
): Promise<Page<RunRecord>> {
  const after = filter.cursor === undefined ? undefined : decodeCursor('runs', projectId, filter.cursor)
  const rows = await db
    .select(columns)
    .from(runs)
    .where(sql`${runs.id} = any(array(${newestIds(projectId, filter, after)}))`)
    .orderBy(...newestFirst(runs.startedAt, runs.id))
    .limit(filter.limit + 1)
  const items = rows.slice(0, filter.limit)
  const last = items.at(-1)
  return {
    items,
    nextCursor:
      rows.length > filter.limit && last
        ? encodeCursor('runs', projectId, [last.startedAt.toISOString(), last.id])
        : null,
  }
}

/** The ids of a page and one more of each status by its own index, to be merged. */
function newestIds(projectId: string, filter: RunFilter, after: string[] | undefined): SQL {
  const statuses = filter.status === undefined ? runStatus.enumValues : [filter.status]
  return sql`select w.id from unnest(${`{${statuses.join()}}`}::run_status[]) as s(status)
    cross join lateral (
      select r.id from runs r where r.project_id = ${projectId} and r.status = s.status
        ${filter.agent === undefined ? sql`` : sql`and r.agent_name = ${filter.agent}`}
        ${after && sql`and (r.started_at, r.id) < (${after[0]}::timestamptz, ${after[1]})`}
      order by r.started_at desc nulls last, r.id desc nulls last limit ${filter.limit + 1}) w`
}

/** A run's trace: tool calls with their approvals, and recorded steps, in time order. */
export async function listTrace(db: Queryable, projectId: string, runId: string): Promise<TraceStep[]> {
  const [calls, recorded, approvals] = await Promise.all([
    db
      .select()
      .from(toolCalls)
      .where(and(eq(toolCalls.projectId, projectId), eq(toolCalls.runId, runId)))
      .orderBy(asc(toolCalls.startedAt), asc(toolCalls.id)),
    db
      .select()
      .from(steps)
      .where(and(eq(steps.projectId, projectId), eq(steps.runId, runId)))
      .orderBy(asc(steps.startedAt), asc(steps.id)),
    listApprovalsOfRun(db, projectId, runId),
  ])
  const approvalOf = new Map(approvals.map((approval) => [approval.callId, approval]))
  const trace: TraceStep[] = [
    ...calls.map((call) => ({
      kind: 'tool' as const,
      at: call.startedAt,
      call: { ...call, approval: approvalOf.get(call.id) ?? null },
    })),
    ...recorded.map((step) => ({ kind: 'step' as const, at: step.startedAt, step })),
  ]
  return trace.sort((a, b) => a.at.getTime() - b.at.getTime())
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

/** The call that an ask without a run made under the caller's id. */
export async function findToolCallByAskKey(
  db: Queryable,
  projectId: string,
  agentId: string,
  askKey: string,
) {
  const [row] = await db
    .select()
    .from(toolCalls)
    .where(
      and(eq(toolCalls.projectId, projectId), eq(toolCalls.agentId, agentId), eq(toolCalls.askKey, askKey)),
    )
    .limit(1)
  return row
}

/** The state that the agent left with a run. */
export async function findCheckpoint(db: Queryable, projectId: string, run: string) {
  const [row] = await db
    .select({ runId: runs.id, contentType: checkpoints.contentType, body: checkpoints.body })
    .from(runs)
    .leftJoin(checkpoints, eq(checkpoints.runId, runs.id))
    .where(and(eq(runs.projectId, projectId), runNamed(run)))
    .limit(1)
  return row
}
