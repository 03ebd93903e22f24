import type { ApprovalRecord } from '@/db/queries/approvals'
import type { Context, MemberActor } from '@/lib/context'
import { AppError, type ErrorCode } from '@/lib/errors'
import { linkBase } from '@/lib/paths'
import type { DecideInput } from './schemas'
import { transition, type Status } from './transition'
import { approvalToWire } from './wire'

/** Whether a run acts on behalf of the reviewer. */
export function isOwnRequest(
  { initiator }: Pick<ApprovalRecord, 'initiator'>,
  reviewer: MemberActor,
): boolean {
  return initiator?.toLowerCase() === reviewer.email.toLowerCase()
}

/** Why a decision is not taken; null where it is. */
export function refuseDecision(
  ctx: Context,
  approval: ApprovalRecord & { allowOwnRequest: boolean },
  reviewer: MemberActor,
  input: DecideInput,
): AppError | null {
  if (!approval.allowOwnRequest && isOwnRequest(approval, reviewer)) {
    return new AppError('own_request', 'This run acts on your behalf, so somebody else has to decide.')
  }
  const outcome = transition(approval, input.decision, approval.readAt)
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

/** So long after a decision its member may send it again, for want of an answer. */
const saidAgainMs = 60_000

/** Whether this is the decision that was taken, by the same member, in the same words, a moment ago. */
export function isSaidAgain(approval: ApprovalRecord, reviewer: MemberActor, input: DecideInput): boolean {
  const { decision, reviewerId, reason, resolvedAt, readAt, digest } = approval
  return (
    decision === input.decision &&
    reviewerId === reviewer.id &&
    reason === reasonOf(input) &&
    (input.digest ?? digest) === digest &&
    resolvedAt !== null &&
    readAt.getTime() - resolvedAt.getTime() <= saidAgainMs
  )
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

/** The reviewer's words; blanks alone are none. */
export function reasonOf(input: DecideInput): string | null {
  return input.reason?.trim() ? input.reason : null
}
