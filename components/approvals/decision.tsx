'use client'

import type { Approval, SeenApproval } from '@/lib/approvals/schemas'
import { Button } from '../ui/button'
import { Notice } from '../ui/page-header'
import type { Trouble } from '../ui/trouble'
import { DecisionForm } from './decision-form'
import { RefusalNotice } from './refusal-notice'
import { useDecision, type Decide, type DecisionKind } from './use-decision'

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
        aria-label={`Approve ${approval.tool}`}
        aria-keyshortcuts="a"
        aria-expanded={step === 'approve'}
        onClick={() => onStep('approve')}
        className={className}
      >
        Approve
      </Button>
      <Button
        size="sm"
        variant="danger-quiet"
        aria-label={`Reject ${approval.tool}`}
        aria-keyshortcuts="r"
        aria-expanded={step === 'reject'}
        onClick={() => onStep('reject')}
        className={className}
      >
        Reject
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
  const { isBusy, trouble, send } = useDecision(decide, { onDone: onResolved })
  const { id, digest } = approval
  const isPending = approval.status === 'pending'
  const late = trouble ?? lateRefusal(approval, step)
  return (
    <div className="min-h-42">
      {isPending ? (
        <DecisionForm
          key={step}
          approval={approval}
          kind={step}
          isBusy={isBusy}
          refusal={trouble}
          onSubmit={(reason) =>
            send(project, { id, digest, decision: step, ...(reason.trim() && { reason }) })
          }
          onCancel={onClose}
        />
      ) : (
        <div className="space-y-2">
          {late ? <RefusalNotice refusal={late} approval={approval} /> : <Settled approval={approval} />}
          <Button size="sm" variant="ghost" onClick={onClose}>
            Close
          </Button>
        </div>
      )}
    </div>
  )
}

function Settled({ approval }: { approval: SeenApproval }) {
  const isApproved = approval.status === 'approved'
  return (
    <Notice tone={isApproved ? 'ok' : 'danger'}>
      <p className="font-medium">
        {isApproved ? 'Approved' : 'Rejected'} <code className="code">{approval.tool}</code>.
      </p>
      <p className="text-muted">
        {isApproved
          ? `${approval.agent} is told and may run it once within 15 minutes.`
          : `${approval.agent} is told; it does not run.`}
      </p>
    </Notice>
  )
}

/** Somebody or something else ended the wait while the form was open. */
export function lateRefusal(approval: SeenApproval, step: DecisionKind): Trouble | null {
  const { status, decision } = approval
  if (status === 'expired' || status === 'cancelled') return { code: status, detail: approval.next.message }
  return decision !== null && decision.decision !== step
    ? { code: 'already_decided', detail: approval.next.message }
    : null
}
