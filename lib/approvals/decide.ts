import { lockApproval, type ApprovalRecord } from '@/db/queries/approvals'
import { requireRole, type Context, type MemberActor } from '@/lib/context'
import { AppError, type ErrorCode } from '@/lib/errors'
import { linkBase } from '@/lib/links'
import { assertStillAllowed } from '@/lib/rights'
import { inRun, notFound } from '@/lib/runs/in-run'
import { runOfApproval, type LockedRun } from '@/lib/runs/lock'
import { requireApprovalId } from './id'
import { resolveApproval } from './resolve'
import type { Approval, DecideInput } from './schemas'
import { transition, type Status } from './transition'
import { approvalToWire } from './wire'

/**
 * Records a person's decision: approval, run, audit entry and outbox in one transaction, under the lock
 * of the run, by the database's clock.
 * @param input `reason` at most 4,096 characters; `digest` where given must be the stored one
 * @throws AppError `agent_key_cannot_decide`, `forbidden`, `not_found`, `own_request`, `already_decided`,
 * `expired`, `cancelled` (each of the three with the approval), `digest_mismatch`
 */
export async function decideApproval(ctx: Context, input: DecideInput & { id: string }): Promise<Approval> {
  refuseAgentKey(ctx)
  requireRole(ctx, 'reviewer')
  requireApprovalId(input.id)
  const reviewer: MemberActor = ctx.actor
  return inRun(ctx, runOfApproval(ctx, input.id), async (tx, locked) => {
    const [, approval] = await Promise.all([
      assertStillAllowed(tx, ctx, 'reviewer'),
      lockApproval(tx, ctx.project.id, input.id),
    ])
    if (!approval) throw notFound()
    const refusal = refuse(ctx, locked, approval, reviewer, input)
    if (refusal) return refusal
    const resolved = await resolveApproval(tx, ctx, locked, approval, {
      change: 'decide',
      decision: input.decision,
      reason: input.reason?.trim() ? input.reason : null,
      reviewer,
    })
    return approvalToWire(resolved, linkBase(ctx))
  })
}

/**
 * An agent can never decide, by whatever way.
 * @throws AppError `agent_key_cannot_decide`
 */
export function refuseAgentKey(ctx: Context): void {
  if (ctx.actor.type !== 'key') return
  const detail = 'An agent key can never decide; a member can, signed in or by a personal token.'
  throw new AppError('agent_key_cannot_decide', detail)
}

function refuse(
  ctx: Context,
  locked: LockedRun,
  approval: ApprovalRecord,
  reviewer: MemberActor,
  input: DecideInput,
): AppError | null {
  if (!locked.allowOwnRequest && approval.initiator?.toLowerCase() === reviewer.email.toLowerCase()) {
    return new AppError('own_request', 'This run acts on your behalf, so somebody else has to decide.')
  }
  const outcome = transition(approval, input.decision, locked.now)
  if (outcome.kind === 'refuse') return tooLate(ctx, approval, outcome.status)
  if (outcome.kind !== 'change') return tooLate(ctx, approval, 'expired')
  if (input.digest !== undefined && input.digest !== approval.digest) {
    return new AppError(
      'digest_mismatch',
      'The digest is not that of the stored call; read the approval again.',
    )
  }
  return null
}

const lateCodes = {
  approved: 'already_decided',
  rejected: 'already_decided',
  expired: 'expired',
  cancelled: 'cancelled',
} as const satisfies Record<Exclude<Status, 'pending'>, ErrorCode>

/** The refusal for whoever comes after an approval left `pending`, with the approval as it is. */
export function tooLate(
  ctx: Context,
  approval: ApprovalRecord,
  status: Exclude<Status, 'pending'>,
): AppError {
  const wire = approvalToWire(approval, linkBase(ctx))
  const who = wire.decision?.reviewer.name ?? wire.decision?.reviewer.email
  const words = {
    approved: `${who ?? 'A reviewer'} approved this at ${wire.decided_at}.`,
    rejected: `${who ?? 'A reviewer'} rejected this at ${wire.decided_at}.`,
    expired: `Nobody decided before the deadline ${wire.expires_at}; the request has expired.`,
    cancelled: 'The request was withdrawn.',
  }
  return new AppError(lateCodes[status], words[status], { members: { approval: wire } })
}
