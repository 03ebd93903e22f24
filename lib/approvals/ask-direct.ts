import { lookForNewRun, lookInRun } from '@/db/queries/look'
import { oneOf, statement } from '@/db/statement'
import type { runs } from '@/db/schema/runs'
import { compiledPolicy } from '@/lib/agents/policy'
import { auditColumns, auditEntryFrom, auditValues } from '@/lib/audit/record'
import type { Context } from '@/lib/context'
import { linkBase } from '@/lib/links'
import { itemsThatMayRun } from '@/lib/rights'
import { isFinished } from '@/lib/runs/lock'
import { runStarted } from '@/lib/runs/record-run'
import { newRunRow } from '@/lib/runs/start'
import { wake } from '@/lib/wake/wake'
import type { Ask, AskResult } from './ask'
import {
  judge,
  newApproval,
  newCall,
  notRequired,
  requested,
  type ApprovalRow,
  type CallRow,
} from './call-rows'
import { beginDirectAsk, type DirectAsk } from './pending-cap'
import { approvalToWire } from './wire'

/**
 * The usual ask in two statements, shared with those who ask at the same moment: one look, then one guarded write
 * that does nothing unless the key is still live and the run is as it was seen and nobody else holds it. Whatever
 * is not usual (a call asked for before, a run that has ended or holds something overdue, an agent near its cap, a
 * key without the right) is left to the way of locks, which also says what is wrong.
 * @returns undefined where nothing was done
 */
export async function askDirectly(ctx: Context, input: Ask, digest: string): Promise<AskResult | undefined> {
  const underWay = beginDirectAsk()
  try {
    return await askBeside(underWay, ctx, input, digest)
  } finally {
    underWay.end()
  }
}

async function askBeside(
  underWay: DirectAsk,
  ctx: Context,
  input: Ask,
  digest: string,
): Promise<AskResult | undefined> {
  if (ctx.actor.type !== 'key') return undefined
  const most = ctx.limits.maxPendingPerAgent
  const seen = await look(ctx, input, most)
  if (!seen || seen.earlierCall !== null || !seen.scopes.includes('run')) return undefined
  const compiled = await compiledPolicy(ctx.db, seen.versionId)
  const policy = { ...seen, compiled }
  const isNewRun = seen.run === undefined
  const run = seen.run ?? newRunRow(ctx, policy, seen.now, { agent: seen.agentName })
  const judged = judge(policy, run, input, seen.now)
  const call = newCall(ctx, run, input, digest, judged.required, policy, seen.now)
  if (isNewRun) call.askKey = input.tool_call_id ?? null
  const entry = isNewRun && seen.auditRuns ? auditValues(ctx, runStarted(run)) : undefined
  if (!judged.required) {
    const values = { key_id: ctx.actor.id, ...runValues(run, run), ...callValues(call) }
    const write = isNewRun ? writeFreeInNewRun : writeFreeInRun
    const done = entry ? writeFreeInToldRun(ctx.db, { ...values, ...entry }) : write(ctx.db, values)
    return (await writes(done)) ? { answer: notRequired(call), isReplay: false } : undefined
  }
  if (!underWay.hasRoom(seen.pending, most)) return undefined
  const waiting = { ...run, status: 'awaiting_approval' as const, pendingCount: run.pendingCount + 1 }
  const approval = newApproval(ctx, waiting, call, judged, seen.now)
  const values = {
    key_id: ctx.actor.id,
    ...runValues(waiting, run),
    ...callValues(call),
    ...approvalValues(approval),
  }
  const write = isNewRun ? writeHeldInNewRun : writeHeldInRun
  const done = entry ? writeHeldInToldRun(ctx.db, { ...values, ...entry }) : write(ctx.db, values)
  if (!(await writes(done))) return undefined
  wake(ctx.db, [{ projectId: ctx.project.id, approvalId: approval.id }])
  return { answer: approvalToWire(requested(waiting, call, approval), linkBase(ctx)), isReplay: false }
}

/** Whether an error says that another ask was first with the same id of the call. */
export function isTakenKey(error: unknown): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  const { constraint_name: name } = (cause ?? {}) as { constraint_name?: string }
  return name === 'tool_calls_ask_key' || name === 'tool_calls_run_call_key'
}

type Run = typeof runs.$inferSelect

/** What an ask has to know; undefined too where a run is not one to ask in directly. */
async function look(ctx: Context, input: Ask, most: number) {
  const key = { keyId: ctx.actor.id, projectId: ctx.project.id, most }
  const { agent, run_id: name, tool_call_id: id } = input
  if (name === undefined) {
    const seen = await lookForNewRun(ctx.db, { ...key, agent: agent ?? '', askKey: id ?? null })
    return seen && { ...seen, run: undefined }
  }
  const seen = await lookInRun(ctx.db, { ...key, run: name, toolCallId: id ?? null })
  const isUsual =
    seen && !seen.hasDue && !isFinished(seen.run.status) && (agent ?? seen.agentName) === seen.agentName
  return isUsual ? seen : undefined
}

async function writes(done: Promise<object | undefined>): Promise<boolean> {
  try {
    return (await done) !== undefined
  } catch (error) {
    if (isTakenKey(error)) return false
    throw error
  }
}

const runColumns = {
  key_id: 'text',
  project_id: 'text',
  run_id: 'text',
  agent_id: 'text',
  agent_name: 'text',
  version: 'integer',
  run_status: 'run_status',
  run_pending: 'integer',
  seen_status: 'run_status',
  seen_pending: 'integer',
}

function runValues(run: Run, seen: Run) {
  return {
    project_id: run.projectId,
    run_id: run.id,
    agent_id: run.agentId,
    agent_name: run.agentName,
    version: run.policyVersion,
    run_status: run.status,
    run_pending: run.pendingCount,
    seen_status: seen.status,
    seen_pending: seen.pendingCount,
  }
}

const callColumns = {
  call_id: 'text',
  tool_call_id: 'text',
  ask_key: 'text',
  tool: 'text',
  params: 'text',
  digest: 'text',
  context: 'text',
  description: 'text',
  call_version: 'integer',
  now: 'timestamptz',
}

function callValues(call: CallRow) {
  return {
    call_id: call.id,
    tool_call_id: call.toolCallId,
    ask_key: call.askKey,
    tool: call.tool,
    params: call.params,
    digest: call.digest,
    context: call.context,
    description: call.description,
    call_version: call.policyVersion,
    now: call.startedAt.toISOString(),
  }
}

const approvalColumns = {
  approval_id: 'text',
  message: 'text',
  rule_tool: 'text',
  rule_condition: 'text',
  rule_outcome: 'rule_outcome',
  rule_detail: 'text',
  on_rejection: 'on_rejection',
  expires_at: 'timestamptz',
  next_reminder_at: 'timestamptz',
}

function approvalValues(approval: ApprovalRow) {
  return {
    approval_id: approval.id,
    message: approval.message,
    rule_tool: approval.ruleTool,
    rule_condition: approval.ruleCondition,
    rule_outcome: approval.ruleOutcome,
    rule_detail: approval.ruleDetail,
    on_rejection: approval.onRejection,
    expires_at: approval.expiresAt.toISOString(),
    next_reminder_at: approval.nextReminderAt?.toISOString() ?? null,
  }
}

const allowed = `allowed as materialized (${itemsThatMayRun})`

/** The asks whose run is there: `held`. */
const newRun = `held as (
  select * from allowed),
run as (
  insert into runs (id, project_id, agent_id, agent_name, policy_version, status, pending_count, started_at)
  select run_id, project_id, agent_id, agent_name, version, run_status, run_pending, now from held)`

const seenRun = (lock: string) => `select allowed.* from allowed cross join lateral (
    select id from runs r
    where r.id = allowed.run_id and (r.project_id = allowed.project_id) is true
      and (r.status = allowed.seen_status) is true and r.pending_count = allowed.seen_pending
    for ${lock} skip locked) seen`

const sameRun = `held as materialized (
  ${seenRun('no key update')}),
run as (
  update runs set status = held.run_status, pending_count = held.run_pending from held
  where ${oneOf('runs.id', 'held', 'run_id')})`

/** Nobody can end the run before the call is written; more than one may ask for such calls at once. */
const openRun = `held as materialized (
  ${seenRun('share')})`

const call = (required: boolean) => `call as (
  insert into tool_calls (id, project_id, run_id, agent_id, tool_call_id, ask_key, tool, params, digest, context,
    description, required, policy_version, started_at)
  select call_id, project_id, run_id, agent_id, tool_call_id, ask_key, tool, params, digest, context,
    description, ${required}, call_version, now
  from held)`

const approval = `approval as (
  insert into approvals (id, project_id, run_id, call_id, agent_id, agent_name, tool, status, message, rule_tool,
    rule_condition, rule_outcome, rule_detail, on_rejection, policy_version, requested_at, expires_at,
    next_reminder_at)
  select approval_id, project_id, run_id, call_id, agent_id, agent_name, tool, 'pending', message, rule_tool,
    rule_condition, rule_outcome, rule_detail, on_rejection, call_version, now, expires_at, next_reminder_at
  from held),
event as (
  insert into approval_events (project_id, approval_id, type) select project_id, approval_id, 'requested' from held)`

const written = (...parts: string[]) => `${parts.join(',\n')}\nselect n from held`
const freeColumns = { ...runColumns, ...callColumns }
const heldColumns = { ...freeColumns, ...approvalColumns }

type Named = Record<'run_id' | 'agent_id' | 'tool_call_id' | 'ask_key', unknown>
const askKey = (item: Named) => (item.ask_key === null ? null : `${item.agent_id} ${item.ask_key}`)
const callKey = (item: Named) => `${item.run_id} ${item.tool_call_id}`
const runKey = (item: Named) => `${item.run_id}`

const writeFreeInNewRun = statement(freeColumns, written(allowed, newRun, call(false)), askKey)
const writeFreeInRun = statement(freeColumns, written(allowed, openRun, call(false)), callKey)
const writeHeldInNewRun = statement(heldColumns, written(allowed, newRun, call(true), approval), askKey)
/** The same where the project's audit log tells of runs. */
const told = `entry as (${auditEntryFrom('held')})`
const writeFreeInToldRun = statement(
  { ...freeColumns, ...auditColumns },
  written(allowed, newRun, call(false), told),
  askKey,
)
const writeHeldInToldRun = statement(
  { ...heldColumns, ...auditColumns },
  written(allowed, newRun, call(true), approval, told),
  askKey,
)
const writeHeldInRun = statement(heldColumns, written(allowed, sameRun, call(true), approval), runKey)
