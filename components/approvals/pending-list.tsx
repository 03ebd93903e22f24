'use client'

import { usePathname } from 'next/navigation'
import { useCallback, useMemo, useRef, useState, type ReactNode } from 'react'
import type { Approval } from '@/lib/approvals/schemas'
import { usePendingCount } from '../frame/pending-count'
import { Button } from '../ui/button'
import { ErrorState } from '../ui/empty-state'
import { ListFrame } from '../ui/table'
import { BulkBar } from './bulk-bar'
import { holdRows } from './hold-rows'
import type { QueueFilter } from './input'
import { KeyHints, PendingHeader } from './pending-header'
import { PendingRow } from './pending-row'
import { usePendingApprovals, type ApprovalPage } from './use-approvals'
import type { DecisionKind } from './use-decision'
import { useHold } from './use-hold'
import { useRowKeys } from './use-row-keys'

type PendingListProps = {
  project: string
  filter: QueueFilter
  initial: ApprovalPage
  /** The request that the page's address asks for, while it is pending: first and opened. */
  linked: Approval | null
  canDecide: boolean
  empty: ReactNode
}

export const readerWords = 'You can read these requests. Deciding needs the role reviewer.'

/** The queue. While the reviewer is in it no row moves; arrivals are announced and come on request. */
export function PendingList({ project, filter, initial, linked, canDecide, empty }: PendingListProps) {
  const { items, error, hasMore, isLoadingMore, loadMore, reload } = usePendingApprovals(project, filter, initial)
  const all = useMemo(() => withLinkedFirst(items, linked), [items, linked])
  const [steps, setSteps] = useState<ReadonlyMap<string, DecisionKind>>(new Map())
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [resolved, setResolved] = useState<ReadonlyMap<string, Approval>>(new Map())
  const list = useRef<HTMLUListElement>(null)
  useRowKeys(list)

  const { isHeld: isReviewerIn, handlers } = useHold()
  const isElsewhere = usePathname() !== `/${project}/approvals`
  const isDeciding = items.some(({ id }) => steps.has(id) || selected.has(id))
  const isHeld = isReviewerIn || isElsewhere || isDeciding
  const [frozen, setFrozen] = useState<Approval[] | null>(null)
  if (isHeld && frozen === null) setFrozen(all)
  if (!isHeld && frozen !== null) setFrozen(null)
  const { rows, newCount } = holdRows(all, frozen)
  const chosen = items.filter(({ id }) => selected.has(id) && !resolved.has(id))

  const onStep = useCallback((id: string, step: DecisionKind | null) => {
    setSteps((now) => {
      const next = new Map(now)
      if (step) next.set(id, step)
      else next.delete(id)
      return next
    })
  }, [])
  const onSelect = useCallback((id: string) => {
    setSelected((now) => {
      const next = new Set(now)
      if (!next.delete(id)) next.add(id)
      return next
    })
  }, [])
  const onResolved = useCallback((approval: Approval) => {
    setResolved((now) => new Map(now).set(approval.id, approval))
  }, [])

  return (
    <section aria-label="Pending approvals" className="mb-10" {...handlers}>
      <PendingHeader
        shownCount={items.length}
        isFiltered={Boolean(filter.agent ?? filter.tool ?? filter.q)}
        totalCount={usePendingCount()}
        newCount={newCount}
        onShowNew={() => setFrozen(all)}
        tools={
          canDecide ? (
            <BulkBar project={project} chosen={chosen} onClear={() => setSelected(new Set())} onResolved={onResolved}>
              <KeyHints />
            </BulkBar>
          ) : (
            <p className="text-sm text-muted">{readerWords}</p>
          )
        }
      />
      {error && (
        <div className="mb-3">
          <ErrorState title="The queue could not be read just now" action={<Button onClick={reload}>Try again</Button>}>
            {error.message} What is shown below may be behind.
          </ErrorState>
        </div>
      )}
      {rows.length === 0 && !error ? (
        empty
      ) : (
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
                onStep={onStep}
                onSelect={onSelect}
                onResolved={onResolved}
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

function withLinkedFirst(items: Approval[], linked: Approval | null): Approval[] {
  if (linked === null) return items
  const fresh = items.find(({ id }) => id === linked.id)
  return [fresh ?? linked, ...items.filter(({ id }) => id !== linked.id)]
}
