'use client'

import type { DecideFromPage } from '@/lib/approvals/from-page'
import type { Approval } from '@/lib/approvals/schemas'
import { useLive } from '../frame/live'
import { useAction, type Action } from '../ui/use-action'

export type DecisionKind = DecideFromPage['decision']

/** Records one decision. */
export type Decide = Action<DecideFromPage, Approval>

type Options = {
  onDone: (approval: Approval) => void
  /** Somebody or something else had decided it. */
  onLate?: (approval: Approval) => void
  isQuiet?: boolean
}

const doneWords = ({ status, tool, agent }: Approval) =>
  `${status === 'approved' ? 'Approved' : 'Rejected'} ${tool} for ${agent}.`

/**
 * Sends one decision with the digest of what is on the page. The row changes only once the server has
 * answered; whoever came too late gets the request as it is. With `isQuiet` the page itself says what was done.
 */
export function useDecision(decide: Decide, { onDone, onLate = onDone, isQuiet = false }: Options) {
  const { tell, pass } = useLive()
  return useAction(decide, {
    unanswered:
      'The server did not answer, so the decision may or may not be on record. This row will show what holds once it answers.',
    ...(!isQuiet && { done: doneWords }),
    refreshes: false,
    onDone: (approval) => {
      onDone(approval)
      pass([{ id: approval.id, status: approval.status }])
    },
    onTrouble: ({ approval }) => {
      if (approval) onLate(approval)
      tell()
    },
  })
}
