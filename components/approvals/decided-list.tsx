'use client'

import { Button } from '../ui/button'
import { EmptyState, ErrorState } from '../ui/empty-state'
import { Section } from '../ui/page-header'
import { ListFrame } from '../ui/table'
import { DecidedRow } from './decided-row'
import { QueueFilters } from './filters'
import type { QueueFilter } from './input'
import { useDecidedApprovals, type ApprovalPage } from './use-approvals'

type DecidedListProps = {
  project: string
  filter: QueueFilter
  initial: ApprovalPage
  agents: string[]
}

/** What is not pending any more, newest first, with filters that live in the page's address. */
export function DecidedList({ project, filter, initial, agents }: DecidedListProps) {
  const { items, error, hasMore, isLoadingMore, loadMore, reload } = useDecidedApprovals(
    project,
    filter,
    initial,
  )
  const isFiltered = Object.values(filter).some(Boolean)
  return (
    <Section title="Decided" actions={<QueueFilters project={project} filter={filter} agents={agents} />}>
      {error && (
        <div className="mb-3">
          <ErrorState
            title="Earlier decisions could not be read just now"
            action={<Button onClick={reload}>Try again</Button>}
          >
            {error.message}
          </ErrorState>
        </div>
      )}
      {items.length > 0 && (
        <ListFrame>
          <ul aria-label="Decided approvals">
            {items.map((approval) => (
              <DecidedRow key={approval.id} project={project} approval={approval} />
            ))}
          </ul>
        </ListFrame>
      )}
      {items.length === 0 && !error && (
        <EmptyState
          title={isFiltered ? 'Nothing decided matches these filters' : 'Nothing has been decided yet'}
        >
          {isFiltered
            ? 'Change or clear the filters above.'
            : 'Approved, rejected, expired and withdrawn requests are kept here with who decided, when and why.'}
        </EmptyState>
      )}
      {hasMore && (
        <Button variant="ghost" isBusy={isLoadingMore} onClick={loadMore} className="mt-2">
          {isLoadingMore ? 'Loading…' : 'Load more'}
        </Button>
      )}
    </Section>
  )
}
