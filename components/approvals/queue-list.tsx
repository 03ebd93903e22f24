'use client'

import Link from 'next/link'
import { useRef, useState, type ReactNode } from 'react'
import { pages } from '@/lib/paths'
import * as say from '@/words/approvals/queue-list'
import * as shared from '@/words/shared'
import { Button } from '../ui/button'
import { ErrorState } from '../ui/error-state'
import { Icon } from '../ui/icon'
import { late } from '../ui/late'
import { SkeletonRows } from '../ui/skeleton'
import type { DecideMany } from './bulk-dialog'
import { DeskRow } from './desk-row'
import { DeskRows } from './desk-rows'
import { isNarrowed, type QueueFilter } from './filter'
import { ListLine } from './list-line'
import { SnoozedLine } from './snooze/snoozed-line'
import { useSwipes } from './swipe/use-swipes'
import type { useCount } from './use-count'
import { useGroups } from './use-groups'
import type { Queue } from './use-queue'
import type { Selection } from './use-selection'

/** Read when it is asked for. */
const BulkBar = late(() => import('./bulk-bar').then((module) => module.BulkBar))
const CueLine = late(() => import('./cue-line').then((module) => module.default))
const GroupRows = late(() => import('./group-rows').then((module) => module.default))

type QueueListProps = {
  project: string
  filter: QueueFilter
  queue: Queue
  count: ReturnType<typeof useCount>
  selection: Selection
  /** Null for whoever may not decide. */
  decideMany: DecideMany | null
  /** What stands in place of a list without rows. */
  empty: ReactNode
  /** Below an empty queue on narrow screens, and below the rows otherwise. */
  steps: { card: ReactNode; strip: ReactNode }
  onKeys: () => void
  className: string
}

/** The list of the desk: rows or groups, what is said about them, and what is done with several. */
export function QueueList(props: QueueListProps) {
  const { project, filter, queue, count, selection, decideMany, empty, steps, onKeys, className } = props
  const { list, by, rows, newCount, showNew, isPendingTab, total, currentId, loadsOn } = queue
  const groups = useGroups(project, filter, by)
  // From the first selection on: what was begun for it outlives it.
  const [hasSelected, setHasSelected] = useState(false)
  if (selection.count > 0 && !hasSelected) setHasSelected(true)
  const canSelect = decideMany !== null && isPendingTab
  const section = useRef<HTMLElement>(null)
  useSwipes(section, canSelect ? queue.showStep : null)
  return (
    <section
      ref={section}
      aria-label={isPendingTab ? say.pendingApprovals : say.decidedApprovals}
      className={`row-start-2 flex min-h-0 flex-col ${className}`}
      {...queue.holding}
    >
      <ListLine
        list={list}
        isPending={isPendingTab}
        isNarrowed={isNarrowed(filter)}
        isSnoozed={filter.snoozed === 'true'}
        matching={count.matching}
        pending={count.pending}
        groups={groups.all?.length}
        newCount={by ? 0 : newCount}
        onShowNew={showNew}
        selection={canSelect && !by ? selection : null}
        onKeys={onKeys}
      />
      {isPendingTab && filter.group && !by && (
        <Link
          href={pages.approvals(project, { ...filter, [filter.group]: undefined })}
          replace
          scroll={false}
          className="flex h-8 shrink-0 items-center gap-1 border-b border-line px-3 text-xs text-accent -outline-offset-2 pointer-coarse:h-11"
        >
          <Icon name="chevron" className="size-3.5! rotate-180" />
          {say.allGroupsBy[filter.group]}
        </Link>
      )}
      {isPendingTab && filter.cue && <CueLine project={project} />}
      {by && rows.length > 0 ? (
        <div data-scroller="" className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
          <GroupRows project={project} filter={filter} by={by} groups={groups} />
        </div>
      ) : rows.length === 0 ? (
        <div className="min-h-0 flex-1 overflow-y-auto p-3">
          {list.error ? (
            <ErrorState
              title={say.couldNotBeRead}
              action={<Button onClick={list.reload}>{shared.tryAgain}</Button>}
            >
              {say.saysNothing(list.error.message)}
            </ErrorState>
          ) : list.isWaiting || loadsOn ? (
            <SkeletonRows rows={6} label={say.loadingApprovals} />
          ) : list.cursor !== null ? (
            <Button variant="ghost" isBusy={list.isLoadingMore} onClick={list.loadMore}>
              {say.nothingAmongTheLatest}
            </Button>
          ) : (
            empty
          )}
          {steps.card && <div className="mt-3 min-[1100px]:hidden">{steps.card}</div>}
        </div>
      ) : (
        <DeskRows
          of={queue.listName}
          label={isPendingTab ? say.pending : say.decided}
          rows={rows}
          currentId={currentId}
          hasMore={list.cursor !== null && !list.isShort && !list.isLoadingMore && !list.error}
          isHeld={queue.isHeld}
          onEnd={list.loadMore}
        >
          {(approval, index) => (
            <DeskRow
              key={approval.id}
              project={project}
              approval={approval}
              place={index + 1}
              count={total}
              isCurrent={approval.id === currentId}
              isSelected={selection.has(approval.id)}
              onSelect={canSelect ? selection.toggle : null}
              onOpen={(id) => queue.show(id, 'push', true)}
            />
          )}
        </DeskRows>
      )}
      {isPendingTab && <SnoozedLine project={project} filter={filter} />}
      {steps.strip}
      {rows.length > 0 && list.isShort && !by && (
        <div className="shrink-0 border-t border-line p-2">
          <Button size="sm" variant="ghost" isBusy={list.isLoadingMore} onClick={list.loadMore}>
            {say.lookFurtherBack}
          </Button>
        </div>
      )}
      {decideMany && hasSelected && !by && (
        <BulkBar
          project={project}
          decideMany={decideMany}
          selection={selection}
          known={list.known}
          filter={filter}
          matching={count.matching}
          onResolved={(approval) => queue.resolved(approval, false)}
          onDone={queue.leave}
        />
      )}
    </section>
  )
}
