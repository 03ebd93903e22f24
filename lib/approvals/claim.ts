import { eq } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { inOneStatement } from '@/db/one-statement'
import { lockApproval, type ApprovalRecord } from '@/db/queries/approvals'
import { approvals } from '@/db/schema/approvals'
import { auditInsert, recordAudit } from '@/lib/audit/record'
import { renewed, requireAgentKey, type Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { digestOf } from '@/lib/json/canonical'
import { linkBase } from '@/lib/links'
import { assertStillAllowed } from '@/lib/rights'
import { inRun, notFound } from '@/lib/runs/in-run'
import { isFinished, runOfApproval, type LockedRun } from '@/lib/runs/lock'
import { requireToolName } from './ask-input'
import { claimDirectly } from './claim-direct'
import { requireApprovalId } from './id'
import { auditDetail } from './resolve'
import type { Approval, ClaimInput } from './schemas'
import { grantMinutes, refuseClaim, type ClaimRefusal } from './transition'
import { approvalToWire } from './wire'

/**
 * Grants the one use of an approval: the same run, tool and params, within the grant, once. Released
 * means that this said yes.
 * @throws AppError `agent_key_required`, `not_found`, `not_approved`, `run_finished`, `params_mismatch`,
 * `already_claimed`, `grant_expired`; the refusals carry the approval and are audited
 */
export async function claimApproval(ctx: Context, input: ClaimInput & { id: string }): Promise<Approval> {
  requireApprovalId(input.id)
  requireToolName(input.tool)
  const digest = digestOf(input.tool, input.params)
  return (await claimDirectly(ctx, input.id, digest)) ?? claimUnderLock(await renewed(ctx), input.id, digest)
}

/** The same under the lock of the run, with all that may be in the way of it. */
export async function claimUnderLock(ctx: Context, id: string, digest: string): Promise<Approval> {
  requireAgentKey(ctx, 'run')
  return inRun(ctx, runOfApproval(ctx, id), async (tx, locked) => {
    const [, approval] = await Promise.all([
      assertStillAllowed(tx, ctx, { scope: 'run' }),
      lockApproval(tx, ctx.project.id, id),
    ])
    if (!approval) throw notFound()
    const state = { ...approval, runFinished: isFinished(locked.row.status) }
    const refusal = refuseClaim(state, digest === approval.digest, locked.now)
    if (refusal) return refuse(tx, ctx, approval, refusal, digest)
    return grant(tx, ctx, locked, approval)
  })
}

async function grant(
  tx: Transaction,
  ctx: Context,
  locked: LockedRun,
  approval: ApprovalRecord,
): Promise<Approval> {
  const claimed = { ...approval, claimedAt: locked.now, claimedBy: ctx.actor.id, readAt: locked.now }
  await inOneStatement(tx, [
    tx
      .update(approvals)
      .set({ claimedAt: locked.now, claimedBy: ctx.actor.id })
      .where(eq(approvals.id, approval.id)),
    auditInsert(tx, ctx, [
      {
        action: 'approval.claimed',
        target: { type: 'approval', id: approval.id, label: approval.tool },
        detail: auditDetail(approval),
      },
    ]),
  ])
  locked.wakes.push({ projectId: ctx.project.id, approvalId: approval.id })
  return approvalToWire(claimed, linkBase(ctx))
}

const words: Record<ClaimRefusal, string> = {
  not_approved: 'The call is not approved; do not run the tool.',
  run_finished: 'The run has ended; do not run the tool.',
  params_mismatch: 'Tool or params are not those that were approved; do not run the tool.',
  already_claimed: 'The approval was used already; it covers one use.',
  grant_expired: `The approval was not used within ${grantMinutes} minutes; ask again with a new tool_call_id.`,
}

async function refuse(
  tx: Transaction,
  ctx: Context,
  approval: ApprovalRecord,
  code: ClaimRefusal,
  digest: string,
): Promise<AppError> {
  await recordAudit(tx, ctx, {
    action: 'approval.claim_refused',
    target: { type: 'approval', id: approval.id, label: approval.tool },
    detail: {
      code,
      status: approval.status,
      digest: approval.digest,
      claimed_digest: digest,
      run_id: approval.runId,
    },
  })
  return new AppError(code, words[code], { members: { approval: approvalToWire(approval, linkBase(ctx)) } })
}
