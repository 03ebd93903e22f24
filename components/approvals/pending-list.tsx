'use client'

import { usePathname } from 'next/navigation'
import { useRef, type ReactNode } from 'react'
import useSWR from 'swr'
import type { PendingCount } from '@/lib/approvals/count'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { seenFields } from '@/lib/approvals/seen'
import type { Listed } from '@/lib/fields'
import { api, pages } from '@/lib/paths'
import { fetchJson } from '../frame/fetch-json'
import { useLive } from '../frame/live'
import { usePendingCount } from '../frame/notices'
import { Button } from '../ui/button'
import { ErrorState } from '../ui/empty-state'
import { LoadMore } from '../ui/paged-list'
import { rowsPerPage } from '../ui/rows-per-page'
import { ListFrame } from '../ui/table'
import { uniqueById, usePages } from '../ui/use-pages'
import { BulkBar } from './bulk-bar'
import type { DecideMany } from './bulk-dialog'
import type { QueueFilter } from './filter'
import { KeyHints, PendingHeader } from './pending-header'
import { PendingRow } from './pending-row'
import type { Decide } from './use-decision'
import { useHeldRows } from './use-held-rows'
import { useHold } from './use-hold'
import { useQueueState } from './use-queue-state'
import { useRowKeys } from './use-row-keys'

type PendingListProps = {
  project: string
  filter: QueueFilter
  initial: Listed<SeenApproval>
  /** The request that the page's address asks for: first and opened, where the first page has it. */
  linkedId: string | undefined
  /** Null for whoever may only read. */
  deciding: Deciding | null
  empty: ReactNode
}

/** What reviewers do in the queue. */
export type Deciding = { decide: Decide; decideMany: DecideMany }

const readerWords = 'You can read these requests. Deciding needs the role reviewer.'

/** The queue. While the reviewer is in it no row moves; arrivals are announced and come on request. */
export function PendingList({ project, filter, initial, linkedId, deciding, empty }: PendingListProps) {
  const path = api.approvals(project, {
    ...filter,
    status: 'pending',
    sort: 'deadline',
    limit: rowsPerPage,
    fields: seenFields.join(),
  })
  const loaded = usePages(path, initial)
  const { error, reload } = loaded
  const items = uniqueById(loaded.pages.flatMap((page) => page.items))
  const linked = initial.items.find(({ id }) => id === linkedId) ?? null
  const { steps, setStep, selected, toggle, clearSelection, resolved, resolve } = useQueueState()
  const list = useRef<HTMLUListElement>(null)
  useRowKeys(list)

  const { isHeld: isReviewerIn, handlers } = useHold()
  const isElsewhere = usePathname() !== pages.approvals(project)
  const isDeciding = items.some(({ id }) => steps.has(id) || selected.has(id))
  const isFiltered = Boolean(filter.agent ?? filter.tool ?? filter.q)
  const matchingCount = useMatchingCount(project, filter, isFiltered)
  const { rows, newCount, showNew } = useHeldRows(
    withLinkedFirst(items, linked),
    isReviewerIn || isElsewhere || isDeciding,
  )
  const chosen = items.filter(({ id }) => selected.has(id) && !resolved.has(id))

  return (
    <section aria-label="Pending approvals" className="mb-10" {...handlers}>
      <PendingHeader
        matchingCount={matchingCount}
        isFiltered={isFiltered}
        totalCount={usePendingCount()}
        newCount={newCount}
        onShowNew={showNew}
        error={rows.length > 0 ? error : undefined}
        onRetry={reload}
        tools={
          deciding && (
            <BulkBar
              project={project}
              decideMany={deciding.decideMany}
              chosen={chosen}
              onClear={clearSelection}
              onResolved={resolve}
            >
              <KeyHints />
            </BulkBar>
          )
        }
      />
      {!deciding && <p className="mb-2 text-sm text-muted">{readerWords}</p>}
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
                isGone={isGone || !items.some(({ id }) => id === approval.id)}
                decide={deciding?.decide ?? null}
                step={steps.get(approval.id) ?? null}
                isSelected={selected.has(approval.id)}
                isLinked={approval.id === linkedId}
                onStep={setStep}
                onSelect={toggle}
                onResolved={resolve}
              />
            ))}
          </ul>
        </ListFrame>
      )}
      <LoadMore list={loaded}>Load more pending requests</LoadMore>
    </section>
  )
}

/** How many of what is pending the filters fit, counted again after every event. */
function useMatchingCount(project: string, { agent, tool, q }: QueueFilter, isFiltered: boolean) {
  const path = isFiltered ? api.countApprovals(project, { agent, tool, q }) : null
  const { data, mutate } = useSWR(path, (key: string) => fetchJson<PendingCount>(key))
  useLive(() => void mutate())
  return data?.matching
}

function withLinkedFirst(items: SeenApproval[], linked: SeenApproval | null): SeenApproval[] {
  if (linked === null) return items
  const fresh = items.find(({ id }) => id === linked.id)
  return [fresh ?? linked, ...items.filter(({ id }) => id !== linked.id)]
}
