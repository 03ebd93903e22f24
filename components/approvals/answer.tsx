'use client'

import { useState } from 'react'
import * as say from '@/words/approvals/answer'
import { errorOf } from '../ui/trouble'
import type { DecisionBarProps } from './decision-bar'
import { needsReason } from './decision-words'
import { Ended, lateRefusal } from './ended'
import { RefusalNotice } from './refusal-notice'
import { SecondStep } from './second-step'
import { useDecision, type DecisionKind } from './use-decision'
import { useDraft } from './use-draft'

/** The second step of an answer, and what came of it. Read with the first sign of a person at the page. */
export function Answer(props: DecisionBarProps) {
  const { project, approval, decide, isReady, edit, onIssues, step, isMine } = props
  const { onStep, onResolved, onNext } = props
  const { id, digest } = approval
  const [reason, setReason] = useDraft(id)
  const [, setTyped] = useDraft(id, 'edit')
  const { isBusy, trouble, send, forget } = useDecision(decide, {
    onDone: (resolved) => {
      setReason('')
      setTyped('')
      onResolved(resolved, true)
    },
    onLate: (resolved) => onResolved(resolved, false),
    isQuiet: true,
    onTrouble: ({ errors }) => onIssues(errors ?? []),
  })
  const [isMissing, setMissing] = useState(false)
  // What was wrong with one decision is not wrong with the other.
  const [tried, setTried] = useState(step)
  if (tried !== step) {
    setTried(step)
    setMissing(false)
    forget()
  }

  if (approval.status !== 'pending' || step === null) {
    const late = isMine ? null : (trouble ?? (step ? lateRefusal(approval, step) : null))
    return <Ended approval={approval} late={late} reason={isMine ? '' : reason} onNext={onNext} />
  }
  function submit(kind: DecisionKind) {
    const isSaid = reason.trim() !== ''
    const changes = kind === 'approve' ? edit : null
    if (changes && !changes.isSound) return toWrongField()
    setMissing(needsReason(approval, kind) && !isSaid)
    if (isSaid || !needsReason(approval, kind))
      send(project, {
        id,
        digest,
        decision: kind,
        ...(isSaid && { reason }),
        ...(changes && { params: changes.params }),
      })
  }
  return (
    <SecondStep
      key={step}
      project={project}
      approval={approval}
      kind={step}
      isReady={isReady}
      changeCount={edit?.count ?? 0}
      isBusy={isBusy}
      reason={reason}
      error={isMissing && reason.trim() === '' ? say.sayWhy : errorOf(trouble, 'reason')}
      notice={trouble && <RefusalNotice refusal={trouble} approval={approval} />}
      onReason={setReason}
      onSubmit={() => submit(step)}
      onCancel={() => onStep(null)}
    />
  )
}

/** To what has to be mended first. */
function toWrongField(): void {
  document.querySelector<HTMLElement>('[data-edit] [aria-invalid]')?.focus()
}
