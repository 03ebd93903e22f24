'use client'

import type { DecideFromPage } from '@/lib/approvals/from-page'
import type { Approval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/use-decision'
import { useLive } from '../frame/live'
import type { Trouble } from '../ui/trouble'
import { useAction, type Action } from '../ui/use-action'
import { doneTo } from './done-to'

/** What ends a request, or is a vote on it. */
export type DecisionKind = Exclude<DecideFromPage['decision'], 'withdraw'>

/** What is done to several at once. */
export type BulkKind = Exclude<DecisionKind, 'request_changes'>

/** Records one decision. */
export type Decide = Action<DecideFromPage, Approval>

type Options = {
  onDone: (approval: Approval) => void
  /** Somebody or something else had decided it. */
  onLate?: (approval: Approval) => void
  isQuiet?: boolean
  onTrouble?: (trouble: Trouble) => void
}

const doneWords = (approval: Approval) => say.doneFor(doneTo(approval, approval.tool), approval.agent)

/**
 * Sends one decision with the digest of what is on the page. The row changes only once the server has
 * answered; whoever came too late gets the request as it is. With `isQuiet` the page itself says what was done.
 */
export function useDecision(
  decide: Decide,
  { onDone, onLate = onDone, isQuiet = false, onTrouble }: Options,
) {
  const { tell, pass } = useLive()
  return useAction(decide, {
    unanswered: say.nobodyKnows,
    ...(!isQuiet && { done: doneWords }),
    refreshes: false,
    onDone: (approval) => {
      onDone(approval)
      pass([{ id: approval.id, status: approval.status }])
    },
    onTrouble: (trouble) => {
      const { approval } = trouble
      onTrouble?.(trouble)
      if (approval) onLate(approval)
      tell()
    },
  })
}
