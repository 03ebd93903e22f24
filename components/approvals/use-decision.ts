'use client'

import { useRef, useState } from 'react'
import { decide } from '@/app/[project]/approvals/actions'
import type { Approval, SeenApproval } from '@/lib/approvals/schemas'
import type { Problem } from '@/lib/http/problem'
import { useLive } from '../frame/live'
import { useToast } from '../ui/toast'
import type { DecideFromPage } from './input'

export type DecisionKind = DecideFromPage['decision']

/** Why a decision was not recorded; `unanswered` where we cannot know. */
export type Refusal = Pick<Problem, 'detail' | 'errors'> & { code: Problem['code'] | 'unanswered' }

const done = { approve: 'Approved', reject: 'Rejected' } as const

/**
 * Sends one decision with the digest of what is on the page. The row changes only once the server has
 * answered; whoever came too late gets the request as it is.
 */
export function useDecision(project: string, onResolved: (approval: Approval) => void) {
  const [busy, setBusy] = useState<DecisionKind | null>(null)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const isSending = useRef(false)
  const toast = useToast()
  const { tell } = useLive()

  async function submit(approval: SeenApproval, decision: DecisionKind, reason: string) {
    if (isSending.current) return
    isSending.current = true
    setBusy(decision)
    setRefusal(null)
    const { id, digest } = approval
    try {
      const answer = await decide(project, { id, digest, decision, ...(reason.trim() && { reason }) })
      if (answer.ok) {
        toast({ tone: 'ok', text: `${done[decision]} ${approval.tool} for ${approval.agent}.` })
        onResolved(answer.value)
      } else {
        setRefusal(answer.problem)
        if (answer.problem.approval) onResolved(answer.problem.approval)
      }
    } catch {
      setRefusal({
        code: 'unanswered',
        detail:
          'The server did not answer, so the decision may or may not be on record. This row will show what holds once it answers.',
      })
    } finally {
      isSending.current = false
      setBusy(null)
      tell()
    }
  }

  return { busy, refusal, submit, forget: () => setRefusal(null) }
}
