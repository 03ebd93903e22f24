'use client'

import { useRef, useState } from 'react'
import type { Approval } from '@/lib/approvals/schemas'
import * as say from '@/words/runs/approval-block'
import { DecisionButtons, DecisionStep } from '../approvals/decision'
import { OutcomeLine, Reason } from '../approvals/outcome'
import { RuleLine } from '../approvals/rule-line'
import type { Decide, DecisionKind } from '../approvals/use-decision'
import { Icon } from '../ui/icon'
import { Age, TimeLeft } from '../ui/time'
import { UntrustedText } from '../ui/untrusted-text'

type ApprovalBlockProps = { project: string; approval: Approval; decide: Decide | null }

/** The hold point within a trace: why it was held, for how long, who released it and why; or the decision itself. */
export function ApprovalBlock({ project, approval: seen, decide }: ApprovalBlockProps) {
  const [step, setStep] = useState<DecisionKind | null>(null)
  const block = useRef<HTMLDivElement>(null)
  const [resolved, setResolved] = useState<Approval | null>(null)
  const approval = seen.status === 'pending' && resolved ? resolved : seen
  const isPending = approval.status === 'pending'

  /** The focus goes back to what opened the second step, else to the block. */
  function close() {
    const opener = block.current?.querySelector<HTMLElement>('[aria-expanded=true]') ?? block.current
    opener?.focus({ preventScroll: true })
    setStep(null)
  }

  return (
    <div
      ref={block}
      tabIndex={-1}
      // what is to be decided stays in sight, however long what it is about
      className={`space-y-2.5 rounded-sm border border-line bg-surface p-3 focus:outline-none ${isPending && decide ? 'sticky bottom-16 z-10 shadow-over md:bottom-2' : ''}`}
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <p className="flex min-w-0 flex-1 basis-60 items-center gap-1.5 text-sm text-muted">
          <Icon name={isPending ? 'pause' : 'approvals'} className={isPending ? 'text-warn' : ''} />
          <span>
            {isPending ? (
              <>
                <span className="font-medium text-ink">{say.heldForApproval}</span>{' '}
                <Age at={approval.requested_at} isLong />,{' '}
                <TimeLeft from={approval.requested_at} until={approval.expires_at} />
              </>
            ) : (
              <OutcomeLine approval={approval} />
            )}
          </span>
        </p>
        {isPending && decide && (
          <div className="flex gap-2">
            <DecisionButtons approval={approval} step={step} onStep={setStep} />
          </div>
        )}
      </div>
      <Reason approval={approval} />
      <RuleLine rule={approval.rule} tool={approval.tool} />
      {approval.message && (
        <p className="text-sm text-muted">
          <span className="text-faint">{say.policy}</span>{' '}
          <UntrustedText text={approval.message} maxCharacters={400} />
        </p>
      )}
      {isPending && !decide && <p className="text-sm text-muted">{say.youMayRead}</p>}
      {step && decide && (
        <div className="border-t border-line pt-3">
          <DecisionStep
            project={project}
            decide={decide}
            approval={approval}
            step={step}
            onClose={close}
            onResolved={setResolved}
          />
        </div>
      )}
      {approval.claimed_at ? (
        <p className="text-sm text-muted">{say.claimed(<Age at={approval.claimed_at} isLong />)}</p>
      ) : (
        approval.status === 'approved' && <p className="text-sm text-muted">{approval.next.message}</p>
      )}
    </div>
  )
}
