import type { SeenApproval } from '@/lib/approvals/schemas'
import { StatusBadge } from '../ui/badge'
import { Age, TimeLeft } from '../ui/time'
import { DecisionButtons } from './decision'
import { ExpandButton } from './expand-button'
import { OutcomeLine } from './outcome'
import type { DecisionKind } from './use-decision'

type RowSideProps = {
  approval: SeenApproval
  canDecide: boolean
  step: DecisionKind | null
  onStep: (step: DecisionKind) => void
  isExpanded: boolean
  onToggle: () => void
}

/**
 * How long it has waited and may still wait, and what can be done; or how it ended, in the same place and of
 * the same height, so that a decision elsewhere moves no row.
 */
export function RowSide({ approval, canDecide, step, onStep, isExpanded, onToggle }: RowSideProps) {
  const isPending = approval.status === 'pending'
  return (
    <div className="flex min-h-8 flex-wrap items-center gap-x-4 gap-y-2 lg:flex-col lg:flex-nowrap lg:items-end lg:gap-1.5">
      <p className="flex items-center gap-3 text-sm lg:h-5">
        {isPending ? (
          <TimeLeft from={approval.requested_at} until={approval.expires_at} />
        ) : (
          <StatusBadge status={approval.status} />
        )}
        <span className="text-muted lg:w-9 lg:text-right">
          <span className="sr-only">asked </span>
          <Age at={approval.requested_at} />
        </span>
      </p>
      <div className="flex min-h-8 items-center justify-end gap-2 max-lg:flex-1 max-sm:basis-full pointer-coarse:min-h-9">
        {isPending && canDecide && <DecisionButtons approval={approval} step={step} onStep={onStep} />}
        {!isPending && (
          <p className="line-clamp-2 text-right text-xs text-muted">
            <OutcomeLine approval={approval} />
          </p>
        )}
        <ExpandButton tool={approval.tool} isExpanded={isExpanded} onToggle={onToggle} />
      </div>
    </div>
  )
}
