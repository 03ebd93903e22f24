'use client'

import type { ReactNode } from 'react'
import type { Approval, SeenApproval } from '@/lib/approvals/schemas'
import type { InputIssue } from '@/lib/errors'
import * as say from '@/words/approvals/decision-bar'
import { late } from '../ui/late'
import { latePart } from '../ui/use-late-part'
import type { Edit } from './edit/edit'
import { FirstStep } from './first-step'
import { Meanwhile } from './meanwhile'
import type { Decide, DecisionKind } from './use-decision'
import { useDraft } from './use-draft'

const BreakGlass = late(() => import('./break-glass').then((module) => module.BreakGlass))
const EndedLine = late(
  () => import('./ended-line').then((module) => module.EndedLine),
  <div className="h-9" />,
)

/** The second step, and what came of it. */
const useAnswer = latePart(() => import('./answer').then((module) => module.Answer))

export type DecisionBarProps = {
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
  const { project, approval, decide, isReady, edit, step, isMine, onStep, onResolved, onNext } = props
  const { status, requirement, can_decide: may } = approval
  const isPending = status === 'pending'
  const [reason] = useDraft(approval.id)
  const hasBegun = step !== null || (!isPending && !isMine && reason !== '')
  const { part: Answer, hasFailed, again } = useAnswer(hasBegun)
  const glass = (
    <BreakGlass
      project={project}
      approval={approval}
      isReady={isReady}
      onResolved={(resolved) => onResolved(resolved, true)}
    />
  )
  // Whoever cannot decide is told who can; without terms the server says so when it is tried.
  if (isPending && requirement !== null && may?.allowed === false) {
    return (
      <Frame>
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
          <p className="min-w-0 text-sm text-muted">{may.message}</p>
          {glass}
        </div>
      </Frame>
    )
  }
  if (hasBegun && Answer) {
    return (
      <Frame>
        <Answer {...props} />
      </Frame>
    )
  }
  if (!isPending) {
    return (
      <Frame>
        <EndedLine approval={approval} onNext={onNext} />
      </Frame>
    )
  }
  return (
    <Frame>
      <FirstStep
        project={project}
        approval={approval}
        decide={decide}
        isReady={isReady}
        changeCount={edit?.count ?? 0}
        coming={hasFailed ? null : step}
        onStep={onStep}
        onResolved={onResolved}
      />
      {step !== null && (
        <Meanwhile
          key={step}
          approval={approval}
          kind={step}
          again={hasFailed ? again : null}
          onCancel={() => onStep(null)}
        />
      )}
      <div className="mt-1.5 flex justify-end empty:hidden">{requirement !== null && glass}</div>
    </Frame>
  )
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
