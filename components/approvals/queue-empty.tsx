import { askCommand, deployCommand } from '@/lib/try-it'
import { UnlessArchived } from '../archive/unless-archived'
import { EmptyState } from '../ui/empty-state'

type QueueEmptyProps = { isFiltered: boolean; isMine: boolean; hasAgents: boolean; appUrl: string }

/** No request is pending: what will appear, and the command that makes the first one. */
export function QueueEmpty({ isFiltered, isMine, hasAgents, appUrl }: QueueEmptyProps) {
  if (isMine) {
    return (
      <EmptyState icon="check" title="Nothing of yours waits here">
        Requests that others decide may wait: switch Mine off above to see all.
      </EmptyState>
    )
  }
  if (isFiltered) {
    return (
      <EmptyState icon="search" title="No pending request matches these filters">
        Requests that they leave out may wait: clear them above to see all.
      </EmptyState>
    )
  }
  return (
    <UnlessArchived
      otherwise={
        <EmptyState icon="check" title="Nothing waits here">
          The project is archived: no agent asks for anything.
        </EmptyState>
      }
    >
      <EmptyState
        icon="check"
        title="Nothing waits for you"
        command={(hasAgents ? askCommand : deployCommand)(appUrl, '$HOLDPOINT_KEY')}
      >
        {hasAgents
          ? 'A gated tool call appears here the moment an agent asks, and the agent waits. Try it with an agent key:'
          : 'No agent has a policy yet. Deploy one with a key that may deploy, then gated calls appear here:'}
      </EmptyState>
    </UnlessArchived>
  )
}

/** Nothing was decided, or nothing that the filters fit. */
export function DecidedEmpty({ isFiltered }: Pick<QueueEmptyProps, 'isFiltered'>) {
  return (
    <EmptyState title={isFiltered ? 'Nothing decided matches these filters' : 'Nothing has been decided yet'}>
      {isFiltered
        ? 'Change or clear the filters above.'
        : 'Approved, rejected, expired and withdrawn requests are kept here with who decided, when and why.'}
    </EmptyState>
  )
}
