import { eq } from 'drizzle-orm'
import { isTransaction, type Queryable } from '@/db/client'
import { findApprovalOfCall, type ApprovalRecord } from '@/db/queries/approvals'
import { lookForNewRun, lookInRun } from '@/db/queries/look'
import { findToolCallByAskKey, findToolCallOfRun, runNamed, type RunStatus } from '@/db/queries/runs'
import { toolCalls } from '@/db/schema/runs'
import {
  isTakenKey,
  writeFreeInNewRun,
  writeFreeInRun,
  writeHeldInNewRun,
  writeHeldInRun,
} from '@/db/writes/ask'
import { compiledPolicy, findPolicyNow } from '@/lib/agents/policy'
import { auditValues } from '@/lib/audit/record'
import { renewed, requireAgentKey, type Context, type KeyActor } from '@/lib/context'
import { AppError, notFound } from '@/lib/errors'
import { digestOf } from '@/lib/json/canonical'
import { linkBase } from '@/lib/paths'
import { assertStillAllowed } from '@/lib/rights'
import { actAlone, actInRun } from '@/lib/runs/in-run'
import { isFinished } from '@/lib/runs/statuses'
import { runStarted } from '@/lib/runs/record-run'
import { newRunRow } from '@/lib/runs/start'
import type { Wake } from '@/lib/wake/wake'
import { requireToolName } from './ask-input'
import { Asked, type AskedCall } from './asked'
import {
  approvalValues,
  callValues,
  judge,
  newApproval,
  newCall,
  requested,
  runValues,
  type CallRow,
} from './call-rows'
import { expireRuns } from './expire-runs'
import { beginDirectAsk, requireRoomForPending, type DirectAsk } from './pending-cap'
import { AskedApproval, AskInput, NotRequired } from './schemas'
import { isDue } from './wire'
import { z } from 'zod'
import { verb } from '@/lib/verb'

/** `source` is the exact text of `params` (and `context`) in the request. */
export type Ask = AskInput & { source: { params: string; context?: string | undefined } }

const need = { scope: 'run' } as const

/**
 * May this call run? Evaluates the agent's policy and, where a rule fires or cannot be evaluated, makes
 * a pending approval: run, call, approval and outbox row in one statement. The same `tool_call_id`
 * with the same tool and params finds the first answer again, whatever was deployed since; without a run, while
 * the run of the first try goes on and for 24 hours, since providers use ids again.
 * @throws AppError `agent_key_required`, `invalid_tool_name`, `not_found`, `agent_not_deployed`,
 * `run_finished`, `idempotency_mismatch`, `too_many_pending`
 */
export async function askApproval(ctx: Context, input: Ask): Promise<Asked> {
  requireToolName(input.tool)
  const digest = digestOf(input.tool, input.params)
  const { actor } = ctx
  if (actor.type !== 'key') return refuseOthers(ctx)
  const known = { ...ctx, actor }
  const { run_id: run } = input
  const underWay = beginDirectAsk()
  const act = (db: Queryable, wakes: Wake[]) => ask(db, known, input, digest, underWay, wakes)
  try {
    return await (run === undefined ? actAlone(ctx, need, act) : actInRun(ctx, need, runNamed(run), act))
  } finally {
    underWay.end()
  }
}

async function refuseOthers(given: Context): Promise<never> {
  requireAgentKey(await renewed(given), 'run')
  throw new Error('an ask was refused for no reason')
}

type Outcome = Asked | AppError | undefined

async function ask(
  db: Queryable,
  ctx: Context<KeyActor>,
  input: Ask,
  digest: string,
  underWay: DirectAsk,
  wakes: Wake[],
): Promise<Outcome> {
  const most = ctx.limits.maxPendingPerAgent
  const seen = await look(db, ctx, input, most, wakes)
  if (!seen?.scopes.includes('run')) return sayWhyNot(ctx, input)
  if (seen.run && seen.hasDue) return undefined
  if (seen.run && input.agent !== undefined && input.agent !== seen.agentName) return otherAgent()
  if (seen.earlierCall !== null) {
    const replayed = await replay(db, ctx, input, digest, seen)
    if (replayed !== 'is over') return replayed
  }
  if (seen.run && isFinished(seen.run.status))
    return new AppError('run_finished', 'The run has ended; start another.')
  const policy = { ...seen, compiled: await compiledPolicy(db, seen.versionId) }
  const run = seen.run ?? newRunRow(ctx, policy, seen.now, { agent: seen.agentName })
  const judged = judge(policy, run, input, seen.now)
  const call = newCall(ctx, run, input, digest, judged.required, policy, seen.now)
  if (!seen.run) call.askKey = input.tool_call_id ?? null
  const entries = !seen.run && seen.auditRuns ? [auditValues(ctx, runStarted(run))] : []
  const values = (waiting: typeof run) => ({
    key_id: ctx.actor.id,
    entries,
    ...runValues(waiting, run),
    ...callValues(call),
  })
  if (!judged.required) {
    const write = seen.run ? writeFreeInRun : writeFreeInNewRun
    const done = await isDone(db, write(db, values(run)))
    return done ? asked(ctx, call, run, null) : undefined
  }
  if (isTransaction(db)) await requireRoomForPending(db, ctx, run.agentId)
  else if (!underWay.hasRoom(seen.pending, most)) return undefined
  const waiting = { ...run, status: 'awaiting_approval' as const, pendingCount: run.pendingCount + 1 }
  const approval = newApproval(ctx, waiting, call, judged, seen.now)
  const write = seen.run ? writeHeldInRun : writeHeldInNewRun
  if (!(await isDone(db, write(db, { ...values(waiting), ...approvalValues(approval) })))) return undefined
  wakes.push({ projectId: ctx.project.id, approvalId: approval.id })
  return asked(ctx, call, waiting, requested(waiting, call, approval))
}

type RunSeen = { status: RunStatus }

const asked = (
  ctx: Context,
  call: AskedCall,
  { status: runStatus }: RunSeen,
  approval: ApprovalRecord | null,
  isReplay = false,
) => new Asked({ base: linkBase(ctx), call, runStatus, approval, isReplay })

/** What an ask has to know; what is due of its run has expired by then, unless somebody else holds the run. */
async function look(db: Queryable, ctx: Context, input: Ask, most: number, wakes: Wake[]) {
  const key = { keyId: ctx.actor.id, projectId: ctx.project.id, most }
  const { agent, run_id: name, tool_call_id: id } = input
  if (name === undefined) {
    const seen = await lookForNewRun(db, { ...key, agent: agent ?? '', askKey: id ?? null })
    return seen && { ...seen, run: undefined }
  }
  const seen = await lookInRun(db, { ...key, run: name, toolCallId: id ?? null })
  if (!seen?.hasDue) return seen
  wakes.push(...(await expireRuns(db, [seen.run.id])))
  return lookInRun(db, { ...key, run: name, toolCallId: id ?? null })
}

/** Nothing was found that the key may act on. */
async function sayWhyNot(given: Context, input: Ask): Promise<never> {
  const ctx = await renewed(given)
  requireAgentKey(ctx, 'run')
  await assertStillAllowed(ctx.db, ctx, need)
  if (input.run_id === undefined) await findPolicyNow(ctx.db, ctx.project.id, input.agent ?? '')
  throw notFound()
}

function otherAgent(): AppError {
  return new AppError('invalid_input', 'The run belongs to another agent.', {
    errors: [{ pointer: '/agent', detail: 'Leave `agent` out, or send the agent of the run.' }],
  })
}

/** Whether it was written; in a transaction an id that is taken meanwhile undoes all of it. */
async function isDone(db: Queryable, writing: Promise<object | undefined>): Promise<boolean> {
  try {
    return (await writing) !== undefined
  } catch (error) {
    if (!isTransaction(db) && isTakenKey(error)) return false
    throw error
  }
}

const withoutRun =
  ' Providers use ids again: send run_id, for without it an id means one call of the agent while its run goes on, for 24 hours.'

type Seen = { agentId: string; run?: (RunSeen & { id: string }) | undefined }

/**
 * The first answer again. Providers use ids again: one whose call is over is freed, in the transaction that then takes
 * it anew, and the ask goes on.
 */
async function replay(
  db: Queryable,
  ctx: Context,
  { tool_call_id: id = '' }: Ask,
  digest: string,
  seen: Seen,
): Promise<Outcome | 'is over'> {
  const { project } = ctx
  const { run } = seen
  if (run) return replayOf(db, ctx, await findToolCallOfRun(db, project.id, run.id, id), run, digest, '')
  const earlier = await findToolCallByAskKey(db, project.id, seen.agentId, id)
  if (!earlier) return undefined
  if (!earlier.isOver) return replayOf(db, ctx, earlier.call, earlier.run, digest, withoutRun)
  if (!isTransaction(db)) return undefined
  await db.update(toolCalls).set({ askKey: null }).where(eq(toolCalls.id, earlier.call.id))
  return 'is over'
}

/** @param mend how another call may avoid the id, beside having its own */
async function replayOf(
  db: Queryable,
  ctx: Context,
  call: CallRow | undefined,
  run: RunSeen,
  digest: string,
  mend: string,
): Promise<Outcome> {
  if (!call) return undefined
  if (call.digest !== digest) {
    const detail = `This tool_call_id was used for another call; give each call its own.${mend}`
    return new AppError('idempotency_mismatch', detail)
  }
  if (!call.required) return asked(ctx, call, run, null, true)
  const find = () => findApprovalOfCall(db, ctx.project.id, call.id)
  let approval = await find()
  if (approval && isDue(approval) && (await expireRuns(db, [call.runId])).length > 0) approval = await find()
  if (!approval) throw new Error(`gated call ${call.id} has no approval`)
  return asked(ctx, call, run, approval, true)
}

export const askVerb = verb(
  {
    summary: 'May this call run?',
    need,
    input: AskInput,
    source: true,
    output: z.union([NotRequired, AskedApproval]),
    made: AskedApproval,
    refuses: [
      'invalid_tool_name',
      'not_found',
      'agent_not_deployed',
      'idempotency_mismatch',
      'run_finished',
      'too_many_pending',
      'too_many_waits',
    ],
    bucket: 'ask',
    waits: true,
    proves: true,
  },
  (ctx, { source, ...input }) =>
    askApproval(ctx, { ...input, source: { params: source.params ?? '{}', context: source.context } }),
)
