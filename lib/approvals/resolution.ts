import type { ApprovalRecord, FinalDecision } from '@/db/queries/approvals'
import type { MemberActor } from '@/lib/context'
import { newId } from '@/lib/ids'
import { readJson } from '@/lib/json/read'
import type { Edit } from './edit'
import type { Status } from './transition'
import { expiryWords, rejectionWords } from './wire'

/** What is done to a pending approval for which `transition` said yes. */
export type Resolution =
  | {
      change: 'decide'
      decision: FinalDecision
      reason: string | null
      reviewer: MemberActor
      /** Where it ended a vote: on whose seat it counts, and what else counted. */
      vote?: {
        id: string
        seatId: string
        digest: string
        edit?: Edit | undefined
        counted: Record<string, unknown>
      }
      /** Given by break-glass. */
      isOverride?: boolean
    }
  | { change: 'expire' }
  | { change: 'cancel'; because?: string }

/** What of an approval its records tell. */
export type Audited = Pick<
  ApprovalRecord,
  | 'id'
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
  | 'requestedAt'
  | 'expiresAt'
  | 'more'
>

/** The decision of an approval that nobody decided. */
export const undecided = {
  decision: null,
  reason: null,
  reviewerId: null,
  reviewerName: null,
  reviewerEmail: null,
  via: null,
  isOverride: null,
}

/** What a resolution adds to an approval. */
export function resolved(resolution: Resolution, at: Date) {
  if (resolution.change !== 'decide') return { ...undecided, status: statusAfter(resolution), resolvedAt: at }
  const { decision, reason, reviewer, isOverride = false } = resolution
  return {
    status: statusAfter(resolution),
    resolvedAt: at,
    decision,
    reason,
    reviewerId: reviewer.id,
    reviewerName: reviewer.name,
    reviewerEmail: reviewer.email,
    via: reviewer.via,
    isOverride,
  }
}

function statusAfter(resolution: Resolution): Exclude<Status, 'pending'> {
  if (resolution.change === 'expire') return 'expired'
  if (resolution.change === 'cancel') return 'cancelled'
  return resolution.decision === 'approve' ? 'approved' : 'rejected'
}

/** Why the run fails where its approval is resolved so; null where that is no reason. */
export function failureWords(tool: string, resolution: Resolution): string | null {
  if (resolution.change === 'expire') return expiryWords(tool)
  if (resolution.change === 'cancel' || resolution.decision !== 'reject') return null
  const { reason, reviewer } = resolution
  return rejectionWords({ tool, reason, reviewerName: reviewer.name, reviewerEmail: reviewer.email })
}

/** The same, as the row of the decision. */
export function decisionValues({
  decision,
  reason,
  reviewer,
  vote,
  isOverride = false,
}: Extract<Resolution, { change: 'decide' }>) {
  return {
    id: vote?.id ?? newId('decision'),
    reviewer_id: reviewer.id,
    reviewer_name: reviewer.name,
    reviewer_email: reviewer.email,
    decision,
    reason,
    via: reviewer.via,
    is_override: isOverride,
    ...(vote && {
      seat_id: vote.seatId === reviewer.id ? null : vote.seatId,
      digest: vote.digest,
      params: vote.edit?.text ?? null,
    }),
  }
}

/** Why the other approvals of a run are cancelled where it failed for want of this tool's approval. */
export function becauseRunFailed(tool: string): string {
  return `The run failed: ${tool} was not approved.`
}

/** What the record of a decision, an expiry, a cancellation or a claim holds. */
export function auditDetail(
  approval: Audited & Pick<ApprovalRecord, 'reason' | 'resolvedAt'>,
  resolution?: Resolution,
): Record<string, unknown> {
  return {
    agent: approval.agentName,
    run_id: approval.runId,
    tool_call_id: approval.toolCallId,
    tool: approval.tool,
    params: readJson(approval.params),
    digest: approval.digest,
    ...(approval.more?.requested ? { requested_digest: approval.more.requested.digest } : {}),
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
    ...(resolution?.change === 'decide' ? resolution.vote?.counted : {}),
    ...(resolution?.change === 'cancel' && resolution.because ? { because: resolution.because } : {}),
  }
}
