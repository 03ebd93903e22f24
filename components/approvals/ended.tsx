'use client'

import type { SeenApproval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/ended'
import { CopyButton } from '../ui/copy-button'
import type { Trouble } from '../ui/trouble'
import { EndedLine } from './ended-line'
import { RefusalNotice } from './refusal-notice'
import type { DecisionKind } from './use-decision'

type EndedProps = {
  approval: SeenApproval
  late: Trouble | null
  /** What was typed and came too late. */
  reason: string
  onNext: (() => void) | null
}

/** What became of a request that was being answered, with what was typed for it. */
export function Ended({ approval, late, reason, onNext }: EndedProps) {
  return (
    <EndedLine
      approval={approval}
      onNext={onNext}
      notice={late && <RefusalNotice refusal={late} approval={approval} />}
    >
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
    </EndedLine>
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
