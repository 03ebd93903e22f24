'use client'

import { useEffect, useRef } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/ended'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy-button'
import { Kbd } from '../ui/kbd'
import type { Trouble } from '../ui/trouble'
import { isOverByRun, RefusalNotice } from './refusal-notice'
import type { DecisionKind } from './use-decision'

type EndedProps = {
  approval: SeenApproval
  late: Trouble | null
  /** What was typed and came too late. */
  reason: string
  onNext: (() => void) | null
}

/** What became of it, where the decision was; takes the focus that the form had, so that none falls to the page. */
export function Ended({ approval, late, reason, onNext }: EndedProps) {
  const frame = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (document.activeElement === document.body) frame.current?.focus({ preventScroll: true })
  }, [])
  return (
    <div ref={frame} tabIndex={-1} className="space-y-2 rounded-xs focus:outline-none">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-60 text-sm">
          {late ? (
            <RefusalNotice refusal={late} approval={approval} />
          ) : (
            <p className="text-muted">{endedWords(approval)}</p>
          )}
        </div>
        {onNext && (
          <Button onClick={onNext} aria-keyshortcuts="j" className="h-9! pointer-coarse:h-11!">
            {say.nextRequest} <Kbd>J</Kbd>
          </Button>
        )}
      </div>
      {reason.trim() !== '' && (
        <div className="flex items-start gap-2">
          <textarea
            readOnly
            aria-label={say.whatYouHadTyped}
            rows={2}
            value={reason}
            className="min-w-0 flex-1 rounded-sm border border-line bg-sunken px-2.5 py-1.5 text-sm text-muted"
          />
          <CopyButton text={reason} label={say.copyWhatYouHadTyped} />
        </div>
      )}
    </div>
  )
}

function endedWords(approval: SeenApproval): string {
  const { status, tool, agent, decision } = approval
  switch (status) {
    case 'approved':
      return say.wasApproved(tool, agent)
    case 'rejected':
      if (decision?.decision === 'request_changes') return say.changesWereAskedFor(tool, agent)
      return say.wasRejected(tool, agent)
    case 'expired':
      return say.deadlinePassed
    default:
      return isOverByRun(approval) ? approval.next.message : say.wasWithdrawn
  }
}

/** Somebody or something else ended the wait while the form was open. */
export function lateRefusal(approval: SeenApproval, step: DecisionKind): Trouble | null {
  const { status, decision } = approval
  if (status === 'expired' || status === 'cancelled') return { code: status, detail: approval.next.message }
  return decision !== null && decision.decision !== step
    ? { code: 'already_decided', detail: approval.next.message }
    : null
}
