import type { ApprovalRecord, FinalDecision } from '@/db/queries/approvals'
import type { Context, MemberActor } from '@/lib/context'
import { AppError, type ErrorCode } from '@/lib/errors'
import { digestOf } from '@/lib/json/digest'
import { linkBase } from '@/lib/paths'
import { agentPaused } from '@/lib/pause/refuse'
import type { Terms } from '@/lib/policy/terms'
import { visible } from '@/lib/untrusted/visible'
import type { DecideInput } from './schemas'
import { transition, type Status } from './transition'
import { approvalToWire } from './wire'

/** Whether a run acts on behalf of the reviewer. */
export function isOwnRequest(
  { initiator }: Pick<ApprovalRecord, 'initiator'>,
  reviewer: Pick<MemberActor, 'email'>,
): boolean {
  return initiator?.toLowerCase() === reviewer.email.toLowerCase()
}

/** What everybody is told who may not decide on what a run does for them. */
export const ownRequestWords = 'This run acts on your behalf, so somebody else has to decide.'

/** Why a decision is not taken where one reviewer decides; null where it is. */
export function refuseDecision(
  ctx: Context,
  approval: ApprovalRecord & { allowOwnRequest: boolean },
  reviewer: MemberActor,
  input: DecideInput & { decision: FinalDecision },
): AppError | null {
  if (!approval.allowOwnRequest && isOwnRequest(approval, reviewer))
    return new AppError('own_request', ownRequestWords)
  return refuseNow(ctx, approval, input.decision, input.digest) ?? refuseSilence(input)
}

/** Why nothing is decided any more, or not on these params; null where it is. */
export function refuseNow(
  ctx: Context,
  approval: ApprovalRecord,
  decision: FinalDecision,
  digest: string | undefined,
): AppError | null {
  const outcome = transition(approval, decision, approval.readAt)
  if (outcome.kind === 'refuse') return tooLate(ctx, approval, outcome.status)
  if (outcome.kind !== 'change') return tooLate(ctx, approval, 'expired')
  if (approval.pause && decision === 'approve')
    return agentPaused(
      ctx,
      approval,
      'nothing of it can be approved. Reject it, or let the agent go on first.',
    )
  if (digest !== undefined && digest !== approval.digest) {
    return new AppError(
      'digest_mismatch',
      'The digest is not that of the stored call; read the approval again.',
      { members: { approval: approvalToWire(approval, linkBase(ctx)) } },
    )
  }
  return null
}

/** Why a decision without a reason is not taken; null where none is needed. Who wants changes has to say which. */
export function refuseSilence(input: DecideInput, demanded?: Terms['reason']): AppError | null {
  if (reasonOf(input) !== null || input.decision === 'withdraw') return null
  const detail =
    input.decision === 'request_changes'
      ? 'Say what is to be changed; the agent is told.'
      : demanded === 'required' || (demanded === 'on_reject' && input.decision === 'reject')
        ? 'The policy demands a reason.'
        : undefined
  return detail === undefined
    ? null
    : new AppError('reason_required', detail, { errors: [{ pointer: '/reason', detail }] })
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
    (input.params === undefined
      ? (input.digest ?? digest) === digest
      : digestOf(approval.tool, input.params) === digest) &&
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
    cancelled: approval.pause?.of === 'archive' ? wire.next.message : 'The request was withdrawn.',
  }
  return new AppError(lateCodes[status], words[status], { members: { approval: wire } })
}

/** The reviewer's words; blanks alone are none. */
export function reasonOf(input: DecideInput): string | null {
  if (input.override) return input.override.reason
  return input.reason && visible(input.reason) ? input.reason : null
}
