'use client'

import type { DecideFromPage } from '@/lib/approvals/from-page'
import type { Approval } from '@/lib/approvals/schemas'
import { useLive } from '../frame/live'
import { useAction, type Action } from '../ui/use-action'

export type DecisionKind = DecideFromPage['decision']

/** Records one decision. */
export type Decide = Action<DecideFromPage, Approval>

/**
 * Sends one decision with the digest of what is on the page. The row changes only once the server has
 * answered; whoever came too late gets the request as it is.
 */
export function useDecision(decide: Decide, onResolved: (approval: Approval) => void) {
  const { tell } = useLive()
  return useAction(decide, {
    unanswered:
      'The server did not answer, so the decision may or may not be on record. This row will show what holds once it answers.',
    done: ({ status, tool, agent }) =>
      `${status === 'approved' ? 'Approved' : 'Rejected'} ${tool} for ${agent}.`,
    refreshes: false,
    onDone: onResolved,
    onTrouble: ({ approval }) => approval && onResolved(approval),
    onSettled: tell,
  })
}
