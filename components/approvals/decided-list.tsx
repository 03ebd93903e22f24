'use client'

import type { SeenApproval } from '@/lib/approvals/schemas'
import { seenFields } from '@/lib/approvals/seen'
import { outcomes } from '@/lib/approvals/statuses'
import type { Listed } from '@/lib/fields'
import { api } from '@/lib/paths'
import { EmptyState } from '../ui/empty-state'
import { PagedList } from '../ui/paged-list'
import { rowsPerPage } from '../ui/rows-per-page'
import { DecidedRow } from './decided-row'
import type { QueueFilter } from './filter'

type DecidedListProps = {
  project: string
  filter: QueueFilter
  /** Null where the server could not read it in time. */
  initial: Listed<SeenApproval> | null
}

/** What is not pending any more, the latest decision first. */
export function DecidedList({ project, filter, initial }: DecidedListProps) {
  const isFiltered = Object.keys(filter).length > 0
  return (
    <PagedList
      label="Decided approvals"
      what="Earlier decisions"
      path={api.approvals(project, {
        ...filter,
        status: filter.status ?? outcomes.join(),
        sort: 'decided',
        limit: rowsPerPage,
        fields: seenFields.join(),
      })}
      initial={initial}
      empty={
        <EmptyState
          title={isFiltered ? 'Nothing decided matches these filters' : 'Nothing has been decided yet'}
        >
          {isFiltered
            ? 'Change or clear the filters above.'
            : 'Approved, rejected, expired and withdrawn requests are kept here with who decided, when and why.'}
        </EmptyState>
      }
    >
      {(approval) => <DecidedRow key={approval.id} project={project} approval={approval} />}
    </PagedList>
  )
}
