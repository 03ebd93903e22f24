import { isTransaction, type Queryable } from '@/db/client'
import { lookForNewRun, lookInRun } from '@/db/queries/look'
import type { Pause } from '@/db/queries/pause'
import { runNamed } from '@/db/queries/runs'
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
import { digestOf } from '@/lib/json/digest'
import { linkBase } from '@/lib/paths'
import { agentPaused } from '@/lib/pause/refuse'
import { assertStillAllowed } from '@/lib/rights'
import { actAlone, actInRun } from '@/lib/runs/in-run'
import { isFinished } from '@/lib/runs/statuses'
import { runStarted } from '@/lib/runs/record-run'
import { newRunRow } from '@/lib/runs/start'
import type { Wake } from '@/lib/wake/wake'
import { requireSchema, requireToolName } from './ask-input'
import { Asked } from './asked'
import { approvalValues, callValues, judge, newApproval, newCall, requested, runValues } from './call-rows'
import { expireRuns } from './expire-runs'
import { withParties } from './parties'
import { beginDirectAsk, requireRoomForPending, type DirectAsk } from './pending-cap'
import { findRejected, refuseRepeat } from './refuse-repeat'
import { refuseUnjustified } from './refuse-unjustified'
import { replay } from './replay'
import { requireReplaceable } from './supersede'
import { AskedApproval, AskInput, NotRequired } from './schemas'
import { z } from 'zod'
import { verb } from '@/lib/verb'

/** `source` is the exact text of `params` (and `context`) in the request. */
export type Ask = AskInput & {
  source: { params: string; context?: string | undefined }
  turnId?: string | undefined
}

const need = { scope: 'run' } as const

/**
 * May this call run? Evaluates the agent's policy and, where a rule fires or cannot be evaluated, makes
 * a pending approval: run, call, approval and outbox row in one statement. What a person rejected in this run is
 * refused without asking where the policy says `repeat: refuse`. The same `tool_call_id`
 * with the same tool and params finds the first answer again, whatever was deployed since; without a run, while
 * the run of the first try goes on and for 24 hours, since providers use ids again.
 * @throws AppError `agent_key_required`, `invalid_tool_name`, `not_found`, `agent_not_deployed`,
 * `run_finished`, `agent_paused`, `project_archived`, `justification_required`, `idempotency_mismatch`, `already_superseded`,
 * `too_many_pending`
 */
export async function askApproval(ctx: Context, input: Ask): Promise<Asked> {
  requireToolName(input.tool)
  requireSchema(input.params_schema)
  const digest = digestOf(input.tool, input.params)
  const { actor } = ctx
  if (actor.type !== 'key') return refuseOthers(ctx)
  const known = { ...ctx, actor }
  const { run_id: run } = input
  const underWay = beginDirectAsk()
  const act = (db: Queryable, wakes: Wake[]) => ask(db, known, input, digest, underWay, wakes)
  try {
    return await (run === undefined
      ? actAlone(ctx, need, act)
      : actInRun(ctx, need, () => runNamed(run), act))
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
  const seen = await lookToAsk(db, ctx, input, wakes)
  if (!seen?.scopes.includes('run')) return refuseAsk(ctx, input)
  if (seen.run && seen.hasDue) return undefined
  if (seen.run && input.agent !== undefined && input.agent !== seen.agentName) return otherAgent()
  if (seen.earlierCall !== null) {
    const again = { toolCallId: input.tool_call_id ?? '', digest, startId: input.start_id }
    const replayed = await replay(db, ctx, again, seen)
    if (replayed !== 'is over') return replayed
  }
  if (seen.run && isFinished(seen.run.status)) return runIsOver()
  if (seen.pause) return notAskedNow(ctx, seen.pause)
  const policy = { compiled: await compiledPolicy(db, seen.versionId), ...seen }
  const run = seen.run ?? newRunRow(ctx, policy, seen.now, { agent: seen.agentName })
  const judged = await withParties(db, ctx, policy, judge(policy, run, input, seen.now))
  const unjustified = refuseUnjustified(judged, input.description)
  if (unjustified) return unjustified
  const call = newCall(ctx, run, input, digest, judged.action !== 'allow', policy, seen.now)
  if (!seen.run) call.askKey = input.tool_call_id ?? null
  const entries = !seen.run && seen.auditRuns ? [auditValues(ctx, runStarted(run))] : []
  const values = <A extends object>(waiting: typeof run, more: A) => ({
    key_id: ctx.actor.id,
    ...runValues(waiting, run),
    ...callValues(call),
    ...more,
  })
  if (judged.action === 'allow') {
    const free = values(run, {})
    const write = () => (seen.run ? writeFreeInRun(db, free) : writeFreeInNewRun(db, free, { entries }))
    const done = await isDone(db, write())
    return done ? new Asked(linkBase(ctx), { call, run }, false) : undefined
  }
  if (judged.terms?.repeat === 'refuse' && seen.run) {
    if (!isTransaction(db)) return undefined
    const of = await findRejected(db, call)
    if (of !== undefined) {
      const approval = await refuseRepeat(db, ctx, { run, call, judged, now: seen.now, of })
      return approval && new Asked(linkBase(ctx), { call, run, approval }, false)
    }
  }
  if (isTransaction(db)) await requireRoomForPending(db, ctx, run.agentId)
  else if (!underWay.hasRoom(seen.pending, most)) return undefined
  const waiting = { ...run, status: 'awaiting_approval' as const, pendingCount: run.pendingCount + 1 }
  const { supersedes } = input
  if (supersedes !== undefined)
    await requireReplaceable(db, {
      projectId: ctx.project.id,
      runId: run.id,
      tool: call.tool,
      id: supersedes,
    })
  const approval = newApproval(ctx, waiting, call, judged, seen.now, supersedes)
  const held = values(waiting, approvalValues(approval))
  const write = () => (seen.run ? writeHeldInRun(db, held) : writeHeldInNewRun(db, held, { entries }))
  if (!(await isDone(db, write()))) return undefined
  wakes.push({ projectId: ctx.project.id, approvalId: approval.id })
  const made = { call, run: waiting, approval: requested(waiting, call, approval) }
  return new Asked(linkBase(ctx), made, false)
}

/** What an ask has to know; what is due of its run has expired by then, unless somebody else holds the run. */
export async function lookToAsk(
  db: Queryable,
  ctx: Context<KeyActor>,
  input: Pick<Ask, 'agent' | 'run_id' | 'tool_call_id'>,
  wakes: Wake[],
) {
  const most = ctx.limits.maxPendingPerAgent
  const key = { keyId: ctx.actor.id, projectId: ctx.project.id, most }
  const { agent, run_id: name, tool_call_id: id } = input
  if (name === undefined) {
    const seen = await lookForNewRun(db, { ...key, agent: agent ?? '', askKey: id ?? null })
    return seen && { run: undefined, ...seen }
  }
  const seen = await lookInRun(db, { ...key, run: name, toolCallId: id ?? null })
  if (!seen?.hasDue) return seen
  wakes.push(...(await expireRuns(db, [seen.run.id])))
  return lookInRun(db, { ...key, run: name, toolCallId: id ?? null })
}

/**
 * Says why nothing was found that the key may act on.
 * @throws AppError always
 */
export async function refuseAsk(given: Context, input: Pick<Ask, 'agent' | 'run_id'>): Promise<never> {
  const ctx = await renewed(given)
  requireAgentKey(ctx, 'run')
  await assertStillAllowed(ctx.db, ctx, need)
  if (input.run_id === undefined) await findPolicyNow(ctx.db, ctx.project.id, input.agent ?? '')
  throw notFound()
}

export function runIsOver(): AppError {
  return new AppError('run_finished', 'The run has ended; start another.')
}

/** What would be free to run is refused as what would be held is: an agent that is told so waits. */
export function notAskedNow(ctx: Context, pause: Pause): AppError {
  return agentPaused(ctx, pause, 'do not run the tool. Ask again later.')
}

function otherAgent(): AppError {
  return new AppError('invalid_input', 'The run belongs to another agent.', {
    errors: [{ pointer: '/agent', detail: 'Leave `agent` out, or send the agent of the run.' }],
  })
}

/** Whether it was written; in a transaction an id that is taken meanwhile undoes all of it. */
export async function isDone(db: Queryable, writing: Promise<object | undefined>): Promise<boolean> {
  try {
    return (await writing) !== undefined
  } catch (error) {
    if (!isTransaction(db) && isTakenKey(error)) return false
    throw error
  }
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
      'invalid_schema',
      'invalid_id',
      'not_found',
      'agent_not_deployed',
      'idempotency_mismatch',
      'run_finished',
      'agent_paused',
      'project_archived',
      'already_superseded',
      'justification_required',
      'too_many_pending',
      'too_many_waits',
    ],
    bucket: 'ask',
    waits: true,
    keyed: true,
    proves: true,
  },
  (ctx, { source, ...input }) =>
    askApproval(ctx, { ...input, source: { params: source.params ?? '{}', context: source.context } }),
)
