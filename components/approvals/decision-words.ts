import type { SeenApproval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/decision-words'
import type { DecisionKind } from './use-decision'

/** Whether the policy, or the act itself, asks for a reason. */
export function needsReason({ requirement }: SeenApproval, kind: DecisionKind): boolean {
  if (kind === 'request_changes') return true
  const asked = requirement?.reason
  return asked === 'required' || (asked === 'on_reject' && kind === 'reject')
}

/** What is said below the reason's field. */
export function reasonHint(approval: SeenApproval, kind: DecisionKind): string {
  const { free, asked } = say.reasonHints[kind]
  return needsReason(approval, kind) ? asked : free
}

/** What a rejection does to the run. */
export function rejectionWords(approval: Pick<SeenApproval, 'on_rejection'>): string {
  return say.rejection[approval.on_rejection]
}
