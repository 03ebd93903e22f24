import { eq, type SQLWrapper } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { inOneStatement } from '@/db/one-statement'
import { findApprovalOfCall } from '@/db/queries/approvals'
import { findToolCallByAskKey, findToolCallOfRun, runNamed } from '@/db/queries/runs'
import { approvalEvents, approvals } from '@/db/schema/approvals'
import { runs, toolCalls } from '@/db/schema/runs'
import { findPolicyNow, findPolicy } from '@/lib/agents/policy'
import { auditInsert } from '@/lib/audit/record'
import { renewed, requireAgentKey, type Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { digestOf } from '@/lib/json/canonical'
import { linkBase } from '@/lib/links'
import { assertStillAllowed } from '@/lib/rights'
import { inRun } from '@/lib/runs/in-run'
import { isFinished, type LockedRun } from '@/lib/runs/lock'
import { runStarted } from '@/lib/runs/record-run'
import { newRunRow } from '@/lib/runs/start'
import { wake } from '@/lib/wake/wake'
import { askDirectly, isTakenKey } from './ask-direct'
import { requireToolName } from './ask-input'
import {
  judge,
  newApproval,
  newCall,
  notRequired,
  requested,
  type ApprovalRow,
  type CallRow,
} from './call-rows'
import { requireRoomForPending } from './pending-cap'
import { runUpdate } from './resolve'
import type { Approval, AskInput, NotRequired } from './schemas'
import { approvalToWire } from './wire'

/** `source` is the exact text of `params` (and `context`) in the request. */
export type Ask = AskInput & { source: { params: string; context?: string | undefined } }

export type AskResult = {
  answer: Approval | NotRequired
  /** Whether the answer is that of an earlier request with the same `tool_call_id`. */
  isReplay: boolean
}

/**
 * May this call run? Evaluates the agent's policy and, where a rule fires or cannot be evaluated, makes
 * a pending approval: run, call, approval and outbox row in one transaction. The same `tool_call_id`
 * with the same tool and params finds the first answer again, whatever was deployed since; without a run, while
 * the run of the first try goes on and for 24 hours, since providers use ids again.
 * @throws AppError `agent_key_required`, `invalid_tool_name`, `not_found`, `agent_not_deployed`,
 * `run_finished`, `idempotency_mismatch`, `too_many_pending`
 */
export async function askApproval(ctx: Context, input: Ask): Promise<AskResult> {
  requireToolName(input.tool)
  const digest = digestOf(input.tool, input.params)
  return (await askDirectly(ctx, input, digest)) ?? askUnderLock(await renewed(ctx), input, digest)
}

/** The same under the lock of the run, or in a transaction that makes it. */
export async function askUnderLock(ctx: Context, input: Ask, digest: string): Promise<AskResult> {
  requireAgentKey(ctx, 'run')
  const { run_id: run } = input
  if (run !== undefined)
    return inRun(ctx, runNamed(run), (tx, locked) => askInRun(tx, ctx, locked, input, digest))
  for (let tries = 1; ; tries++) {
    try {
      return await askInNewRun(ctx, input, digest)
    } catch (error) {
      // Several first tries at once: another one has made the run, so this one finds it.
      if (!isTakenKey(error) || tries === 5) throw error
    }
  }
}

async function askInRun(
  tx: Transaction,
  ctx: Context,
  locked: LockedRun,
  input: Ask,
  digest: string,
): Promise<AskResult | AppError> {
  const { row: run } = locked
  const [, policy, earlier] = await Promise.all([
    assertStillAllowed(tx, ctx, { scope: 'run' }),
    findPolicy(tx, ctx.project.id, run.agentName),
    input.tool_call_id === undefined
      ? undefined
      : findToolCallOfRun(tx, ctx.project.id, run.id, input.tool_call_id),
  ])
  if (input.agent !== undefined && input.agent !== run.agentName) {
    throw new AppError('invalid_input', 'The run belongs to another agent.', {
      errors: [{ pointer: '/agent', detail: 'Leave `agent` out, or send the agent of the run.' }],
    })
  }
  if (earlier) return replay(tx, ctx, earlier, digest, '')
  if (isFinished(run.status)) return new AppError('run_finished', 'The run has ended; start another.')
  const judged = judge(policy, run, input, locked.now)
  if (judged.required) await requireRoomForPending(tx, ctx, run.agentId)
  const call = newCall(ctx, run, input, digest, judged.required, policy, locked.now)
  if (!judged.required) {
    await tx.insert(toolCalls).values(call)
    return { answer: notRequired(call), isReplay: false }
  }
  run.status = 'awaiting_approval'
  run.pendingCount += 1
  const approval = newApproval(ctx, run, call, judged, locked.now)
  await inOneStatement(tx, [runUpdate(tx, locked), ...heldInserts(tx, call, approval)])
  locked.wakes.push({ projectId: ctx.project.id, approvalId: approval.id })
  return { answer: approvalToWire(requested(run, call, approval), linkBase(ctx)), isReplay: false }
}

async function askInNewRun(ctx: Context, input: Ask, digest: string): Promise<AskResult> {
  const { result, wakes } = await ctx.db.transaction(async (tx) => {
    const [, { policy, now, auditRuns }] = await Promise.all([
      assertStillAllowed(tx, ctx, { scope: 'run' }),
      findPolicyNow(tx, ctx.project.id, input.agent ?? ''),
    ])
    const earlier =
      input.tool_call_id === undefined
        ? undefined
        : await findToolCallByAskKey(tx, ctx.project.id, policy.agentId, input.tool_call_id)
    if (earlier && !earlier.isOver) {
      return { result: await replay(tx, ctx, earlier.call, digest, withoutRun), wakes: [] }
    }
    // Providers use ids again. Who frees it at the same moment waits here, and then finds the id taken.
    if (earlier) await tx.update(toolCalls).set({ askKey: null }).where(eq(toolCalls.id, earlier.call.id))
    const run = newRunRow(ctx, policy, now, { agent: policy.agentName })
    const judged = judge(policy, run, input, now)
    const call = {
      ...newCall(ctx, run, input, digest, judged.required, policy, now),
      askKey: input.tool_call_id ?? null,
    }
    if (!judged.required) {
      await inOneStatement(tx, [
        tx.insert(runs).values(run),
        tx.insert(toolCalls).values(call),
        ...(auditRuns ? [auditInsert(tx, ctx, [runStarted(run)])] : []),
      ])
      return { result: { answer: notRequired(call), isReplay: false }, wakes: [] }
    }
    await requireRoomForPending(tx, ctx, run.agentId)
    const waiting = { ...run, status: 'awaiting_approval' as const, pendingCount: 1 }
    const approval = newApproval(ctx, waiting, call, judged, now)
    await inOneStatement(tx, [
      tx.insert(runs).values(waiting),
      ...heldInserts(tx, call, approval),
      ...(auditRuns ? [auditInsert(tx, ctx, [runStarted(run)])] : []),
    ])
    const answer = approvalToWire(requested(waiting, call, approval), linkBase(ctx))
    return {
      result: { answer, isReplay: false },
      wakes: [{ projectId: ctx.project.id, approvalId: approval.id }],
    }
  })
  wake(ctx.db, wakes)
  if (result instanceof AppError) throw result
  return result
}

const withoutRun =
  ' Providers use ids again: send run_id, for without it an id means one call of the agent while its run goes on, for 24 hours.'

/**
 * The first answer again; a due approval has expired by the lock, or reads as expired.
 * @param mend how another call may avoid the id, beside having its own
 */
async function replay(
  tx: Transaction,
  ctx: Context,
  call: Omit<CallRow, 'approval'>,
  digest: string,
  mend: string,
): Promise<AskResult | AppError> {
  if (call.digest !== digest) {
    const detail = `This tool_call_id was used for another call; give each call its own.${mend}`
    return new AppError('idempotency_mismatch', detail)
  }
  if (!call.required) return { answer: notRequired(call), isReplay: true }
  const approval = await findApprovalOfCall(tx, ctx.project.id, call.id)
  if (!approval) throw new Error(`gated call ${call.id} has no approval`)
  return { answer: approvalToWire(approval, linkBase(ctx)), isReplay: true }
}

function heldInserts(tx: Transaction, call: CallRow, approval: ApprovalRow): SQLWrapper[] {
  const { projectId, id: approvalId } = approval
  return [
    tx.insert(toolCalls).values(call),
    tx.insert(approvals).values(approval),
    tx.insert(approvalEvents).values({ projectId, approvalId, type: 'requested' }),
  ]
}
