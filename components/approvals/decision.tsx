'use client'

import { useState } from 'react'
import type { Approval, SeenApproval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/decision'
import * as shared from '@/words/shared'
import { Button } from '../ui/button'
import { DecisionForm } from './decision-form'
import { Ended, lateRefusal } from './ended'
import { useDecision, type Decide, type DecisionKind } from './use-decision'
import { useDraft } from './use-draft'

type DecisionButtonsProps = {
  approval: SeenApproval
  step: DecisionKind | null
  onStep: (step: DecisionKind) => void
  className?: string
}

/** The first step: names its object, opens the second and decides nothing. */
export function DecisionButtons({ approval, step, onStep, className = '' }: DecisionButtonsProps) {
  return (
    <>
      <Button
        size="sm"
        aria-label={say.approveTool(approval.tool)}
        aria-expanded={step === 'approve'}
        onClick={() => onStep('approve')}
        className={className}
      >
        {say.approve}
      </Button>
      <Button
        size="sm"
        variant="danger-quiet"
        aria-label={say.rejectTool(approval.tool)}
        aria-expanded={step === 'reject'}
        onClick={() => onStep('reject')}
        className={className}
      >
        {say.reject}
      </Button>
    </>
  )
}

type DecisionStepProps = {
  project: string
  decide: Decide
  approval: SeenApproval
  step: DecisionKind
  onClose: () => void
  onResolved: (approval: Approval) => void
}

/**
 * The second step, and what came of it. It keeps its height once it is settled, so that what stands below
 * does not move under the pointer.
 */
export function DecisionStep({ project, decide, approval, step, onClose, onResolved }: DecisionStepProps) {
  const { id, digest } = approval
  const [reason, setReason] = useDraft(id)
  const [isMine, setMine] = useState(false)
  const { isBusy, trouble, send } = useDecision(decide, {
    onDone: (resolved) => {
      setReason('')
      setMine(true)
      onResolved(resolved)
    },
    onLate: onResolved,
  })
  const isPending = approval.status === 'pending'
  return (
    <div className="min-h-42">
      {isPending ? (
        <DecisionForm
          key={step}
          approval={approval}
          kind={step}
          isBusy={isBusy}
          refusal={trouble}
          reason={reason}
          onReason={setReason}
          onSubmit={() => send(project, { id, digest, decision: step, ...(reason.trim() && { reason }) })}
          onCancel={onClose}
        />
      ) : (
        <div className="space-y-2">
          <Ended
            approval={approval}
            late={isMine ? null : (trouble ?? lateRefusal(approval, step))}
            reason={isMine ? '' : reason}
            onNext={null}
          />
          <Button size="sm" variant="ghost" onClick={onClose}>
            {shared.close}
          </Button>
        </div>
      )}
    </div>
  )
}
