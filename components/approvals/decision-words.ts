import type { SeenApproval } from '@/lib/approvals/schemas'
import type { DecisionKind } from './use-decision'

const agentReads = 'The agent and the audit log get these words.'

export const decisionWords = {
  approve: { verb: 'Approve', busy: 'Approving…', hint: 'Optional. Kept in the audit log.' },
  reject: { verb: 'Reject', busy: 'Rejecting…', hint: agentReads },
  request_changes: { verb: 'Request changes to', busy: 'Sending…', hint: `Needed. ${agentReads}` },
} as const satisfies Record<DecisionKind, { verb: string; busy: string; hint: string }>

/** Whether the policy, or the act itself, asks for a reason. */
export function needsReason({ requirement }: SeenApproval, kind: DecisionKind): boolean {
  if (kind === 'request_changes') return true
  const asked = requirement?.reason
  return asked === 'required' || (asked === 'on_reject' && kind === 'reject')
}

/** What is said below the reason's field. */
export function reasonHint(approval: SeenApproval, kind: DecisionKind): string {
  const { hint } = decisionWords[kind]
  if (kind === 'request_changes' || !needsReason(approval, kind)) return hint
  return `The policy asks for one. ${kind === 'reject' ? agentReads : 'Kept in the audit log.'}`
}

/** `1 change`, `2 changes`. */
export const changesWords = (count: number) => (count === 1 ? '1 change' : `${count} changes`)
