'use client'

import { usePathname } from 'next/navigation'
import { useMemo, useRef, type ReactNode } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { pages } from '@/lib/paths'
import { usePendingCount } from '../frame/notices'
import { Button } from '../ui/button'
import { ErrorState } from '../ui/empty-state'
import { ListFrame } from '../ui/table'
import { BulkBar } from './bulk-bar'
import type { QueueFilter } from './input'
import { KeyHints, PendingHeader } from './pending-header'
import { PendingRow } from './pending-row'
import { usePendingApprovals, type ApprovalPage } from './use-approvals'
import { useHeldRows } from './use-held-rows'
import { useHold } from './use-hold'
import { useQueueState } from './use-queue-state'
import { useRowKeys } from './use-row-keys'

type PendingListProps = {
  project: string
  filter: QueueFilter
  initial: ApprovalPage
  /** The request that the page's address asks for, while it is pending: first and opened. */
  linked: SeenApproval | null
  canDecide: boolean
  empty: ReactNode
}

const readerWords = 'You can read these requests. Deciding needs the role reviewer.'

/** The queue. While the reviewer is in it no row moves; arrivals are announced and come on request. */
export function PendingList({ project, filter, initial, linked, canDecide, empty }: PendingListProps) {
  const { items, error, hasMore, isLoadingMore, loadMore, reload } = usePendingApprovals(
    project,
    filter,
    initial,
  )
  const all = useMemo(() => withLinkedFirst(items, linked), [items, linked])
  const { steps, setStep, selected, toggle, clearSelection, resolved, resolve } = useQueueState()
  const list = useRef<HTMLUListElement>(null)
  useRowKeys(list)

  const { isHeld: isReviewerIn, handlers } = useHold()
  const isElsewhere = usePathname() !== pages.approvals(project)
  const isDeciding = items.some(({ id }) => steps.has(id) || selected.has(id))
  const { rows, newCount, showNew } = useHeldRows(all, isReviewerIn || isElsewhere || isDeciding)
  const chosen = items.filter(({ id }) => selected.has(id) && !resolved.has(id))

  return (
    <section aria-label="Pending approvals" className="mb-10" {...handlers}>
      <PendingHeader
        shownCount={items.length}
        isFiltered={Boolean(filter.agent ?? filter.tool ?? filter.q)}
        totalCount={usePendingCount()}
        newCount={newCount}
        onShowNew={showNew}
        error={rows.length > 0 ? error : undefined}
        onRetry={reload}
        tools={
          canDecide && (
            <BulkBar project={project} chosen={chosen} onClear={clearSelection} onResolved={resolve}>
              <KeyHints />
            </BulkBar>
          )
        }
      />
      {!canDecide && <p className="mb-2 text-sm text-muted">{readerWords}</p>}
      {rows.length === 0 && error && (
        <ErrorState title="The queue could not be read" action={<Button onClick={reload}>Try again</Button>}>
          {error.message} This says nothing about whether requests are waiting.
        </ErrorState>
      )}
      {rows.length === 0 && !error && empty}
      {rows.length > 0 && (
        <ListFrame>
          <ul ref={list}>
            {rows.map(({ approval, isGone }) => (
              <PendingRow
                key={approval.id}
                project={project}
                approval={resolved.get(approval.id) ?? approval}
                isGone={isGone || (approval === linked && !items.includes(linked))}
                canDecide={canDecide}
                step={steps.get(approval.id) ?? null}
                isSelected={selected.has(approval.id)}
                isLinked={approval.id === linked?.id}
                onStep={setStep}
                onSelect={toggle}
                onResolved={resolve}
              />
            ))}
          </ul>
        </ListFrame>
      )}
      {hasMore && (
        <Button variant="ghost" isBusy={isLoadingMore} onClick={loadMore} className="mt-2">
          {isLoadingMore ? 'Loading…' : 'Load more pending requests'}
        </Button>
      )}
    </section>
  )
}

function withLinkedFirst(items: SeenApproval[], linked: SeenApproval | null): SeenApproval[] {
  if (linked === null) return items
  const fresh = items.find(({ id }) => id === linked.id)
  return [fresh ?? linked, ...items.filter(({ id }) => id !== linked.id)]
}
