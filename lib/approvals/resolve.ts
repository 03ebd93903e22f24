import { and, eq } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { inOneStatement } from '@/db/one-statement'
import { listPendingOfRun, type ApprovalRecord } from '@/db/queries/approvals'
import { approvalEvents, approvals, decisions } from '@/db/schema/approvals'
import { runs } from '@/db/schema/runs'
import { auditInsert } from '@/lib/audit/record'
import type { Context, MemberActor } from '@/lib/context'
import { readJson } from '@/lib/json/strict'
import type { LockedRun } from '@/lib/runs/lock'
import { runFinished } from '@/lib/runs/record-run'
import type { Status } from './transition'
import { expiryWords, rejectionWords } from './wire'

/** What is done to a pending approval whose run is locked and for which `transition` said yes. */
export type Resolution =
  | { change: 'decide'; decision: 'approve' | 'reject'; reason: string | null; reviewer: MemberActor }
  | { change: 'expire' }
  | { change: 'cancel'; because?: string }

/**
 * Writes that an approval leaves `pending`: approval, decision, run, audit entry and outbox row, all in
 * the caller's transaction, under the caller's lock of the run. With `on_rejection: fail` a rejection or
 * an expiry ends the run and cancels what else of it is pending.
 * @returns the approval as it now stands
 */
export async function resolveApproval(
  tx: Transaction,
  ctx: Context,
  locked: LockedRun,
  approval: ApprovalRecord,
  resolution: Resolution,
): Promise<ApprovalRecord> {
  const status = statusAfter(resolution)
  const now = resolution.change === 'expire' ? approval.expiresAt : locked.now
  const resolved: ApprovalRecord = {
    ...approval,
    status,
    resolvedAt: now,
    readAt: locked.now,
    ...decided(resolution),
  }
  const endsRun = (status === 'rejected' || status === 'expired') && approval.onRejection === 'fail'
  const words = status === 'rejected' ? rejectionWords(resolved) : expiryWords(approval.tool)
  moveRun(locked, endsRun ? words : null)
  resolved.runStatus = locked.row.status
  await inOneStatement(tx, [
    tx
      .update(approvals)
      .set({ status, resolvedAt: now })
      .where(and(eq(approvals.id, approval.id), eq(approvals.status, 'pending'))),
    ...(resolution.change === 'decide' ? [decisionInsert(tx, approval, resolution, now)] : []),
    runUpdate(tx, locked),
    auditInsert(tx, ctx, [
      {
        action: `approval.${status}`,
        target: { type: 'approval', id: approval.id, label: approval.tool },
        detail: auditDetail(resolved, resolution),
      },
      ...(endsRun && locked.auditRuns ? [runFinished(locked.row)] : []),
    ]),
    tx
      .insert(approvalEvents)
      .values({ projectId: approval.projectId, approvalId: approval.id, type: status }),
  ])
  locked.wakes.push({ projectId: approval.projectId, approvalId: approval.id })
  if (endsRun) await cancelOthers(tx, ctx, locked, approval)
  return { ...resolved, runStatus: locked.row.status }
}

function statusAfter(resolution: Resolution): Exclude<Status, 'pending'> {
  if (resolution.change === 'expire') return 'expired'
  if (resolution.change === 'cancel') return 'cancelled'
  return resolution.decision === 'approve' ? 'approved' : 'rejected'
}

/** What a decision adds to an approval. */
export function decided(resolution: Resolution): Partial<ApprovalRecord> {
  if (resolution.change !== 'decide') return {}
  const { decision, reason, reviewer } = resolution
  return {
    decision,
    reason,
    reviewerId: reviewer.id,
    reviewerName: reviewer.name,
    reviewerEmail: reviewer.email,
    via: reviewer.via,
  }
}

/** What of a run its approvals move. */
export type MovedRow = Pick<LockedRun['row'], 'status' | 'pendingCount' | 'error' | 'finishedAt'>

/** Takes one pending approval off a locked run; ends the run where `failure` says why. */
export function moveRun(locked: { row: MovedRow; now: Date }, failure: string | null): void {
  const { row } = locked
  row.pendingCount -= 1
  if (failure !== null) {
    row.status = 'failed'
    row.error = JSON.stringify(failure)
    row.finishedAt = locked.now
    row.pendingCount = 0
  } else if (row.status === 'awaiting_approval' && row.pendingCount === 0) {
    row.status = 'running'
  }
}

/** The write of the fields of a locked run that its approvals move, not yet run. */
export function runUpdate(tx: Transaction, locked: LockedRun) {
  const { id, status, pendingCount, error, output, truncatedBytes, finishedAt } = locked.row
  const moved = { status, pendingCount, error, output, truncatedBytes, finishedAt }
  return tx.update(runs).set(moved).where(eq(runs.id, id))
}

function decisionInsert(
  tx: Transaction,
  approval: ApprovalRecord,
  { decision, reason, reviewer }: Extract<Resolution, { change: 'decide' }>,
  at: Date,
) {
  return tx.insert(decisions).values({
    approvalId: approval.id,
    projectId: approval.projectId,
    reviewerId: reviewer.id,
    reviewerName: reviewer.name,
    reviewerEmail: reviewer.email,
    decision,
    reason,
    via: reviewer.via,
    at,
  })
}

async function cancelOthers(
  tx: Transaction,
  ctx: Context,
  locked: LockedRun,
  cause: ApprovalRecord,
): Promise<void> {
  const others = await listPendingOfRun(tx, ctx.project.id, cause.runId)
  const because = becauseRunFailed(cause.tool)
  await cancelApprovals(
    tx,
    ctx,
    locked,
    others.filter((other) => other.id !== cause.id),
    because,
  )
}

/** Why the other approvals of a run are cancelled where it failed for want of this tool's approval. */
export function becauseRunFailed(tool: string): string {
  return `The run failed: ${tool} was not approved.`
}

/** Cancels pending approvals of a run that has just ended, whose row already says so. */
export async function cancelApprovals(
  tx: Transaction,
  ctx: Context,
  locked: LockedRun,
  pending: ApprovalRecord[],
  because: string,
): Promise<void> {
  const ids = pending.map((approval) => approval.id)
  if (ids.length === 0) return
  await inOneStatement(tx, [
    tx
      .update(approvals)
      .set({ status: 'cancelled', resolvedAt: locked.now })
      .where(and(eq(approvals.runId, locked.row.id), eq(approvals.status, 'pending'))),
    tx
      .insert(approvalEvents)
      .values(
        ids.map((approvalId) => ({ projectId: ctx.project.id, approvalId, type: 'cancelled' as const })),
      ),
    auditInsert(
      tx,
      ctx,
      pending.map((approval) => ({
        action: 'approval.cancelled',
        target: { type: 'approval', id: approval.id, label: approval.tool },
        detail: auditDetail({ ...approval, resolvedAt: locked.now }, { change: 'cancel', because }),
      })),
    ),
  ])
  locked.wakes.push(...ids.map((approvalId) => ({ projectId: ctx.project.id, approvalId })))
}

/** What of an approval its records tell. */
export type Audited = Pick<
  ApprovalRecord,
  | 'agentName'
  | 'runId'
  | 'toolCallId'
  | 'tool'
  | 'params'
  | 'digest'
  | 'ruleTool'
  | 'ruleCondition'
  | 'ruleOutcome'
  | 'ruleDetail'
  | 'policyVersion'
  | 'onRejection'
  | 'reason'
  | 'requestedAt'
  | 'resolvedAt'
>

/** What the record of a decision, an expiry or a cancellation holds. */
export function auditDetail(approval: Audited, resolution?: Resolution): Record<string, unknown> {
  return {
    agent: approval.agentName,
    run_id: approval.runId,
    tool_call_id: approval.toolCallId,
    tool: approval.tool,
    params: readJson(approval.params),
    digest: approval.digest,
    rule: {
      tool: approval.ruleTool,
      condition: approval.ruleCondition,
      outcome: approval.ruleOutcome,
      detail: approval.ruleDetail,
    },
    policy_version: approval.policyVersion,
    on_rejection: approval.onRejection,
    reason: approval.reason,
    wait_ms:
      approval.resolvedAt === null ? null : approval.resolvedAt.getTime() - approval.requestedAt.getTime(),
    ...(resolution?.change === 'cancel' && resolution.because ? { because: resolution.because } : {}),
  }
}
