'use client'

import { useState, type ReactNode } from 'react'
import type { Approval, SeenApproval } from '@/lib/approvals/schemas'
import type { InputIssue } from '@/lib/errors'
import * as say from '@/words/approvals/decision-bar'
import { errorOf } from '../ui/trouble'
import { BreakGlass } from './break-glass'
import { needsReason } from './decision-words'
import type { Edit } from './edit/edit'
import { Ended, lateRefusal } from './ended'
import { FirstStep } from './first-step'
import { RefusalNotice } from './refusal-notice'
import { SecondStep } from './second-step'
import { useDecision, type Decide, type DecisionKind } from './use-decision'
import { useDraft } from './use-draft'

type DecisionBarProps = {
  project: string
  approval: SeenApproval
  decide: Decide
  /** Not before all of its params are there. */
  isReady: boolean
  /** What is to run in place of what is in force; null where nothing was changed. */
  edit: Edit | null
  onIssues: (issues: InputIssue[]) => void
  step: DecisionKind | null
  /** What was decided here, so that nobody is told that they were too late for their own. */
  isMine: boolean
  onStep: (step: DecisionKind | null) => void
  onResolved: (approval: Approval, isByMe: boolean) => void
  /** Opens the next request; null where there is none. */
  onNext: (() => void) | null
}

/** Stays in sight below the request: what each answer will do, the two steps to it, and what became of it. */
export function DecisionBar(props: DecisionBarProps) {
  const { project, approval, decide, isReady, edit, onIssues, step, isMine, onStep, onResolved, onNext } =
    props
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

  if (approval.status !== 'pending') {
    const late = isMine ? null : (trouble ?? (step ? lateRefusal(approval, step) : null))
    return (
      <Frame>
        <Ended approval={approval} late={late} reason={isMine ? '' : reason} onNext={onNext} />
      </Frame>
    )
  }
  const glass = (
    <BreakGlass
      project={project}
      approval={approval}
      isReady={isReady}
      onResolved={(resolved) => onResolved(resolved, true)}
    />
  )
  // Whoever cannot decide is told who can; without terms the server says so when it is tried.
  const { requirement, can_decide: may } = approval
  if (requirement !== null && may?.allowed === false) {
    return (
      <Frame>
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
          <p className="min-w-0 text-sm text-muted">{may.message}</p>
          {glass}
        </div>
      </Frame>
    )
  }
  if (step === null) {
    return (
      <Frame>
        {trouble && <RefusalNotice refusal={trouble} approval={approval} />}
        <FirstStep
          approval={approval}
          isReady={isReady}
          changeCount={edit?.count ?? 0}
          onStep={onStep}
          onWithdraw={() => send(project, { id, digest, decision: 'withdraw' })}
          isBusy={isBusy}
        />
        <div className="mt-1.5 flex justify-end empty:hidden">{requirement !== null && glass}</div>
      </Frame>
    )
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
    <Frame>
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
    </Frame>
  )
}

/** To what has to be mended first. */
function toWrongField(): void {
  document.querySelector<HTMLElement>('[data-edit] [aria-invalid]')?.focus()
}

function Frame({ children }: { children: ReactNode }) {
  return (
    <section
      aria-label={say.decision}
      className="shrink-0 border-t border-line bg-surface px-4 py-2.5 sm:px-6 lg:px-8"
    >
      <div className="mx-auto max-w-4xl">{children}</div>
    </section>
  )
}
