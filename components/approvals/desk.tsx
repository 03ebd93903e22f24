'use client'

import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode, type RefObject } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import type { Listed } from '@/lib/fields'
import { pages } from '@/lib/paths'
import { Button } from '../ui/button'
import { ErrorState } from '../ui/empty-state'
import { Icon } from '../ui/icon'
import { SkeletonRows } from '../ui/skeleton'
import { Neighbours, Nothing } from './beside-request'
import type { DecideMany } from './bulk-dialog'
import { countWords } from './count-words'
import { objectWords } from './call-words'
import { DeskRow } from './desk-row'
import { DeskRows } from './desk-rows'
import { compareIn } from './desk-order'
import { FilterBar, type SavedViews } from './filter-bar'
import type { FirstStepsGiven } from './first-steps'
import { isNarrowed, listOfFilter, shownGroups, type QueueFilter } from './filter'
import { ListLine } from './list-line'
import { neighbourOf, nextOf } from './next-request'
import { Review } from './review'
import { doneTo, type Decide, type DecisionKind } from './use-decision'
import { useCount } from './use-count'
import { useDeskKeys } from './use-desk-keys'
import { useDeskList } from './use-desk-list'
import { useGroups } from './use-groups'
import { useHeldRows } from './use-held-rows'
import { useHold } from './use-hold'
import { useOpen, type Opening } from './use-open'
import { useSelection } from './use-selection'
import { useStepsSeen } from './use-steps-seen'

/** Read when it is asked for. */
const FirstSteps = dynamic(() => import('./first-steps').then((module) => module.FirstSteps), {
  loading: () => null,
})
const BulkBar = dynamic(() => import('./bulk-bar').then((module) => module.BulkBar), { loading: () => null })
const GroupRows = dynamic(() => import('./group-rows'), { loading: () => null })
const KeySheet = dynamic(() => import('./key-sheet').then((module) => module.KeySheet), {
  loading: () => null,
})

type DeskProps = {
  project: string
  filter: QueueFilter
  /** Null where the server could not read it in time. */
  initial: Listed<SeenApproval> | null
  /** When the server read it. */
  readAt: number
  /** The request that the address names, where it is not in the list; `unknown` where it is not in the project. */
  linked: SeenApproval | 'unknown' | null
  agents: string[]
  /** Whether some of what is pending asks some people alone. */
  hasShares: boolean
  saved: SavedViews
  /** Null for whoever may only read. */
  deciding: Deciding | null
  /** What stands in place of a list without rows. */
  empty: ReactNode
  /** Null where nobody would see them. */
  firstSteps: FirstStepsGiven | null
}

/** What reviewers do in the queue. */
export type Deciding = { decide: Decide; decideMany: DecideMany }

/** What was decided stays in sight for so long before the next opens. */
const advanceMs = 600

/**
 * The reviewer's desk: filters over a list beside the request that is open, each scrolling by itself; on narrow screens
 * one after the other. The filters stay as they are, with the focus, while what they narrow is read anew.
 */
export function Desk(props: DeskProps) {
  const { project, filter, agents, hasShares, saved } = props
  const opening = useOpen(project, filter)
  const count = useCount(project, filter)
  const search = useRef<HTMLInputElement>(null)
  return (
    <div
      data-desk=""
      className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)] grid-rows-[auto_minmax(0,1fr)]
        min-[1100px]:grid-cols-[22.5rem_minmax(0,1fr)]"
    >
      <FilterBar
        project={project}
        filter={filter}
        agents={agents}
        hasShares={hasShares}
        saved={saved}
        pendingCount={count.pending}
        search={search}
        className={`${column} ${opening.id === undefined ? '' : 'max-[1099px]:hidden'}`}
      />
      <Queue key={JSON.stringify(filter)} {...props} opening={opening} count={count} search={search} />
    </div>
  )
}

/** The left one of the desk. */
const column = 'border-line bg-surface min-[1100px]:border-r'

type QueueProps = DeskProps & {
  opening: Opening
  count: ReturnType<typeof useCount>
  search: RefObject<HTMLInputElement | null>
}

/**
 * The list and the request. No row moves while the reviewer is in the list, and the open request never changes by
 * itself but after the reviewer's own decision.
 */
function Queue(props: QueueProps) {
  const { project, filter, initial, readAt, linked, agents, deciding, empty, firstSteps } = props
  const { opening, count, search } = props
  const [of] = useState(() => listOfFilter(filter))
  const { id: namedId, isHere, open } = opening
  const by = shownGroups(filter)
  const groups = useGroups(project, filter, by)
  const [impliedId, setImplied] = useState(() => (by ? undefined : initial?.items[0]?.id))
  const currentId = namedId ?? impliedId
  const list = useDeskList(project, of, initial, linked, {
    readAt,
    openId: currentId,
  })
  const isPendingTab = filter.status === undefined
  const { isHeld, handlers } = useHold()

  const current = currentId === undefined ? undefined : list.known.get(currentId)
  const isLeaving = isPendingTab && current !== undefined && current.status !== 'pending'
  const { rows, newCount, showNew } = useHeldRows(list.rows, {
    isHeld: isHeld || !isHere || isLeaving,
    known: list.known,
    compare: compareIn(of.sort),
  })
  if (currentId === undefined && by === undefined && rows[0]) setImplied(rows[0].id)

  // Whoever comes to a request finds its answer not begun: a form is opened there and then, or not at all.
  const [begun, setBegun] = useState<{ id: string; step: DecisionKind } | null>(null)
  if (begun !== null && begun.id !== currentId) setBegun(null)
  const step = begun?.id === currentId ? (begun?.step ?? null) : null
  const [mine, setMine] = useState<ReadonlySet<string>>(new Set())
  const [leaving, setLeaving] = useState<string | null>(null)
  const [said, setSaid] = useState('')
  const [isSheetOpen, setSheetOpen] = useState(false)
  const selection = useSelection(rows, list.known)
  // From the first selection on: what was begun for it outlives it.
  const [hasSelected, setHasSelected] = useState(false)
  if (selection.count > 0 && !hasSelected) setHasSelected(true)
  const heading = useRef<HTMLHeadingElement>(null)
  const ul = useRef<HTMLUListElement>(null)
  // After the drawing: before it the heading is still that of the request which goes.
  const [focusWish, setFocusWish] = useState(0)
  useEffect(() => {
    if (focusWish > 0) heading.current?.focus({ preventScroll: true })
  }, [focusWish])
  const stepsSeen = useStepsSeen()

  if (leaving !== null && (leaving !== currentId || !isLeaving)) setLeaving(null)

  const at = rows.findIndex(({ id }) => id === currentId)
  const [lastAt, setLastAt] = useState(0)
  if (at >= 0 && at !== lastAt) setLastAt(at)
  const total = isPendingTab ? (count.matching ?? count.pending) : undefined
  const position =
    at < 0 ? null : total === undefined ? null : `${at + 1} of ${countWords(Math.max(total, at + 1))}`
  const nextId = useMemo(() => {
    const from = { id: currentId, lastAt, isPendingTab }
    return nextOf(rows, from) ?? nextOf(list.rows, from)
  }, [rows, list.rows, currentId, lastAt, isPendingTab])

  const show = useCallback(
    (id: string, how: 'push' | 'replace', takesFocus: boolean) => {
      open(id, how)
      setImplied(id)
      setLeaving(null)
      setFocusWish((wish) => (takesFocus ? wish + 1 : wish))
    },
    [open],
  )
  const move = (way: 1 | -1) => {
    if (by !== undefined) return moveAmongGroups(way)
    const next = neighbourOf(rows, { id: currentId, lastAt }, way)
    if (next) show(next.id, namedId === undefined ? 'push' : 'replace', true)
  }
  const goNext = nextId === undefined ? null : () => show(nextId, 'replace', true)

  // What was decided here stays in sight for a moment, then the next opens; where none waits, the next that comes.
  useEffect(() => {
    if (leaving === null || nextId === undefined || !isHere) return
    const timer = setTimeout(
      () => (isElsewhere() ? setLeaving(null) : show(nextId, 'replace', true)),
      advanceMs,
    )
    return () => clearTimeout(timer)
  }, [leaving, nextId, isHere, show])

  // The answer comes later than what was drawn when it was asked for.
  const latest = useRef({ currentId, nextId, rows, total, known: list.known })
  useEffect(() => {
    latest.current = { currentId, nextId, rows, total, known: list.known }
  })
  function resolved(approval: SeenApproval, isByMe: boolean) {
    list.settle(approval)
    if (!isByMe) return
    const done = `${doneTo(approval, objectWords(approval))}.`
    if (approval.status === 'pending') {
      setBegun(null)
      return setSaid(`${done} ${approval.progress?.text ?? ''}`)
    }
    setMine((now) => new Set(now).add(approval.id))
    const now = latest.current
    if (now.currentId !== approval.id) return setSaid(done)
    const next = now.nextId === undefined ? undefined : now.known.get(now.nextId)
    const place = now.rows.findIndex(({ id }) => id === now.nextId) + 1
    const where = place > 0 && now.total !== undefined ? `, ${place} of ${countWords(now.total)}` : ''
    setSaid(next ? `${done} Next: ${objectWords(next)}${where}.` : `${done} Nothing else waits here.`)
    setLeaving(approval.id)
  }

  /** Also where no control says so: what is not asked of reviewers is there for who asks for it. */
  function askForChanges() {
    if (deciding && current?.status === 'pending' && current.can_decide?.allowed !== false)
      setBegun({ id: current.id, step: 'request_changes' })
  }

  useDeskKeys({
    j: () => move(1),
    k: () => move(-1),
    a: () => press('[aria-keyshortcuts=a]'),
    r: () => press('[aria-keyshortcuts=r]'),
    c: askForChanges,
    i: () => press('[aria-keyshortcuts=i]'),
    x: () => currentId !== undefined && deciding && isPendingTab && selection.toggle(currentId, false),
    n: showNew,
    e: () => document.querySelectorAll<HTMLElement>('[data-show-all]').forEach((button) => button.click()),
    t: () => press('[data-trace]'),
    '/': () => search.current?.focus(),
    '?': () => setSheetOpen(true),
  })

  // After full pages the next has rows.
  const loadsOn = list.rows.length === 0 && list.cursor !== null && !list.isShort && !list.error
  const { loadMore } = list
  useEffect(() => {
    if (loadsOn) loadMore()
  }, [loadsOn, loadMore])

  const isOnOwnPage = namedId !== undefined
  const isNew = rows.length === 0 && isPendingTab && !isNarrowed(filter)
  const stepsAs = (look: 'card' | 'strip') =>
    firstSteps && (
      <FirstSteps project={project} agents={agents} given={firstSteps} seen={stepsSeen} look={look} />
    )
  return (
    <>
      <output aria-live="polite" className="sr-only">
        {said}
      </output>
      <section
        aria-label={isPendingTab ? 'Pending approvals' : 'Decided approvals'}
        className={`row-start-2 flex min-h-0 flex-col ${column} ${isOnOwnPage ? 'max-[1099px]:hidden' : ''}`}
        {...handlers}
      >
        <ListLine
          list={list}
          isPending={isPendingTab}
          isNarrowed={isNarrowed(filter)}
          matching={count.matching}
          pending={count.pending}
          groups={groups.all?.length}
          newCount={by ? 0 : newCount}
          onShowNew={showNew}
          selection={deciding && isPendingTab && !by ? selection : null}
          onKeys={() => setSheetOpen(true)}
        />
        {isPendingTab && filter.group && !by && (
          <Link
            href={pages.approvals(project, { ...filter, [filter.group]: undefined })}
            replace
            scroll={false}
            className="flex h-8 shrink-0 items-center gap-1 border-b border-line px-3 text-xs text-accent -outline-offset-2 pointer-coarse:h-11"
          >
            <Icon name="chevron" className="size-3.5! rotate-180" />
            All groups by {filter.group}
          </Link>
        )}
        {by && rows.length > 0 ? (
          <div data-scroller="" className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
            <GroupRows project={project} filter={filter} by={by} groups={groups} />
          </div>
        ) : rows.length === 0 ? (
          <div className="min-h-0 flex-1 overflow-y-auto p-3">
            {list.error ? (
              <ErrorState
                title="The approvals could not be read"
                action={<Button onClick={list.reload}>Try again</Button>}
              >
                {list.error.message} This says nothing about whether requests are waiting.
              </ErrorState>
            ) : list.isWaiting || loadsOn ? (
              <SkeletonRows rows={6} label="Loading approvals" />
            ) : list.cursor !== null ? (
              <Button variant="ghost" isBusy={list.isLoadingMore} onClick={list.loadMore}>
                Nothing among the latest 10,000. Look further back
              </Button>
            ) : (
              empty
            )}
            {isNew && <div className="mt-3 min-[1100px]:hidden">{stepsAs('card')}</div>}
          </div>
        ) : (
          <DeskRows
            label={isPendingTab ? 'Pending' : 'Decided'}
            rows={rows}
            currentId={currentId}
            hasMore={list.cursor !== null && !list.isShort && !list.isLoadingMore && !list.error}
            onEnd={list.loadMore}
            list={ul}
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
                onSelect={deciding && isPendingTab ? selection.toggle : null}
                onOpen={(id) => show(id, 'push', true)}
              />
            )}
          </DeskRows>
        )}
        {!isNew && stepsAs('strip')}
        {rows.length > 0 && list.isShort && !by && (
          <div className="shrink-0 border-t border-line p-2">
            <Button size="sm" variant="ghost" isBusy={list.isLoadingMore} onClick={list.loadMore}>
              Look further back
            </Button>
          </div>
        )}
        {deciding && hasSelected && !by && (
          <BulkBar
            project={project}
            decideMany={deciding.decideMany}
            selection={selection}
            known={list.known}
            filter={filter}
            matching={count.matching}
            onResolved={(approval) => resolved(approval, false)}
            onDone={() => setLeaving(latest.current.currentId ?? null)}
          />
        )}
      </section>
      <section
        aria-label="Request"
        data-request=""
        className={`row-start-2 flex min-h-0 min-w-0 flex-col min-[1100px]:col-start-2 min-[1100px]:row-span-2
          min-[1100px]:row-start-1 ${isOnOwnPage ? '' : 'max-[1099px]:hidden'}`}
      >
        {current ? (
          <Review
            key={current.id}
            project={project}
            approval={current}
            position={position}
            heading={heading}
            top={
              <Neighbours
                position={position}
                onBack={() => open(null)}
                onBefore={at > 0 ? () => move(-1) : null}
                onAfter={at >= 0 && at < rows.length - 1 ? () => move(1) : null}
              />
            }
            decide={isPendingTab || current.status === 'pending' ? (deciding?.decide ?? null) : null}
            step={step}
            isMine={mine.has(current.id)}
            onStep={(next) => {
              setBegun(next && { id: current.id, step: next })
              if (next === null) heading.current?.focus({ preventScroll: true })
            }}
            onResolved={resolved}
            onNext={goNext}
          />
        ) : (
          <>
            {isNew && !isOnOwnPage && (
              <div className="overflow-y-auto p-6 empty:hidden">{stepsAs('card')}</div>
            )}
            <Nothing
              id={namedId}
              isMissing={namedId !== undefined && list.missingId === namedId}
              onBack={() => open(null)}
            />
          </>
        )}
      </section>
      {isSheetOpen && <KeySheet isOpen onClose={() => setSheetOpen(false)} />}
    </>
  )
}

/** Whoever went on to something else than the request keeps what they have before them. */
function isElsewhere(): boolean {
  const { activeElement: active } = document
  if (document.querySelector('[role=dialog]')) return true
  if (active === null || active === document.body) return false
  return (
    !active.closest('[data-request]') ||
    active.matches('input:not([type=checkbox]), textarea:not([readonly]), select')
  )
}

/** The focus goes from group to group. */
function moveAmongGroups(way: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>('[data-group-link]')]
  const at = links.findIndex((link) => link === document.activeElement)
  links[at < 0 ? 0 : at + way]?.focus()
}

/** A key does what its control does, and nothing where there is none. */
function press(control: string): void {
  document.querySelector<HTMLElement>(`[data-desk] ${control}`)?.click()
}
