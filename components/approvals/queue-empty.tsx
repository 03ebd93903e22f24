import { askCommand, deployCommand } from '@/lib/try-it'
import * as say from '@/words/approvals/queue-empty'
import { UnlessArchived } from '../archive/unless-archived'
import { EmptyState } from '../ui/empty-state'

type QueueEmptyProps = { isFiltered: boolean; isMine: boolean; hasAgents: boolean; appUrl: string }

/** No request is pending: what will appear, and the command that makes the first one. */
export function QueueEmpty({ isFiltered, isMine, hasAgents, appUrl }: QueueEmptyProps) {
  if (isMine) {
    return (
      <EmptyState icon="check" title={say.nothingOfYours}>
        {say.othersMayWait}
      </EmptyState>
    )
  }
  if (isFiltered) {
    return (
      <EmptyState icon="search" title={say.nothingMatches}>
        {say.leftOutMayWait}
      </EmptyState>
    )
  }
  return (
    <UnlessArchived
      otherwise={
        <EmptyState icon="check" title={say.nothingWaits}>
          {say.isArchived}
        </EmptyState>
      }
    >
      <EmptyState
        icon="check"
        title={say.nothingWaitsForYou}
        command={(hasAgents ? askCommand : deployCommand)(appUrl, '$HOLDPOINT_KEY')}
      >
        {hasAgents ? say.whenCallsAppear : say.whenNoAgent}
      </EmptyState>
    </UnlessArchived>
  )
}

/** Nothing was decided, or nothing that the filters fit. */
export function DecidedEmpty({ isFiltered }: Pick<QueueEmptyProps, 'isFiltered'>) {
  return (
    <EmptyState title={isFiltered ? say.noDecisionMatches : say.nothingDecidedYet}>
      {isFiltered ? say.changeTheFilters : say.whatIsKept}
    </EmptyState>
  )
}
