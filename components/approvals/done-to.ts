import type { SeenApproval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/done-to'

/** What a decision did, as a sentence begins; a vote may wait for others. */
export function doneTo({ status, decision }: SeenApproval, what: string): string {
  if (status === 'approved') return say.didApprove(what)
  if (status === 'pending') return say.didVote(what)
  return decision?.decision === 'request_changes' ? say.didAskForChanges(what) : say.didReject(what)
}
