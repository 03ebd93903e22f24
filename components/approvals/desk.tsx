'use client'

import { useRef, useState, type ReactNode, type RefObject } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import type { Listed } from '@/lib/fields'
import * as say from '@/words/approvals/desk'
import { Kbd } from '../ui/kbd'
import { late } from '../ui/late'
import { Neighbours, Nothing } from './beside-request'
import type { DecideMany } from './bulk-dialog'
import { FilterBar, type SavedViews } from './filter-bar'
import { FirstSteps, type FirstStepsGiven } from './first-steps'
import { isNarrowed, type QueueFilter } from './filter'
import { QueueList } from './queue-list'
import { Review } from './review'
import { SnoozeContext } from './snooze/snooze-context'
import type { Decide } from './use-decision'
import { useCount } from './use-count'
import { useDeskKeys } from './use-desk-keys'
import { useOpen, type Opening } from './use-open'
import { useQueue } from './use-queue'
import { useSelection } from './use-selection'
import { useStepsSeen } from './use-steps-seen'

/** Read when it is asked for. */
const KeySheet = late(() => import('./key-sheet').then((module) => module.KeySheet))

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

/**
 * The reviewer's desk: filters over a list beside the request that is open, each scrolling by itself; on narrow screens
 * one after the other. Where little is left below what stands above, the page scrolls. The filters stay as they are, with the focus, while what they narrow is read anew.
 */
export function Desk(props: DeskProps) {
  const { project, filter, agents, hasShares, saved } = props
  const opening = useOpen(project, filter)
  const count = useCount(project, filter)
  const search = useRef<HTMLInputElement>(null)
  return (
    <div
      data-desk=""
      className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)] grid-rows-[auto_minmax(16rem,1fr)]
        min-[1100px]:grid-cols-[22.5rem_minmax(0,1fr)] min-[1100px]:grid-rows-[auto_minmax(0,1fr)]"
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
      <ListAndRequest
        key={JSON.stringify(filter)}
        {...props}
        opening={opening}
        count={count}
        search={search}
      />
    </div>
  )
}

/** The left one of the desk. */
const column = 'border-line bg-surface min-[1100px]:border-r'

type ListAndRequestProps = DeskProps & {
  opening: Opening
  count: ReturnType<typeof useCount>
  search: RefObject<HTMLInputElement | null>
}

/** The list and the request beside it, with their keys. */
function ListAndRequest(props: ListAndRequestProps) {
  const { project, filter, agents, deciding, empty, firstSteps, opening, count, search } = props
  const queue = useQueue(props)
  const { list, by, rows, isPendingTab, namedId, currentId, current, at, position } = queue
  const selection = useSelection(rows, list.known)
  const stepsSeen = useStepsSeen()
  const [isSheetOpen, setSheetOpen] = useState(false)

  const move = by === undefined ? queue.move : moveAmongGroups
  useDeskKeys({
    j: () => move(1),
    k: () => move(-1),
    a: () => press('[aria-keyshortcuts=a]'),
    r: () => press('[aria-keyshortcuts=r]'),
    c: askForChanges,
    i: () => press('[aria-keyshortcuts=i]'),
    h: () => press('[aria-keyshortcuts=h]'),
    '.': queue.stayOnce,
    x: () => currentId !== undefined && deciding && isPendingTab && selection.toggle(currentId, false),
    n: queue.showNew,
    e: () => document.querySelectorAll<HTMLElement>('[data-show-all]').forEach((button) => button.click()),
    t: () => press('[data-trace]'),
    '/': () => search.current?.focus(),
    '?': () => setSheetOpen(true),
  })
  /** Also where no control says so: what is not asked of reviewers is there for who asks for it. */
  function askForChanges() {
    if (deciding && current?.status === 'pending' && current.can_decide?.allowed !== false)
      queue.begin(current.id, 'request_changes')
  }

  const isOnOwnPage = namedId !== undefined
  const isNew = rows.length === 0 && !list.isWaiting && isPendingTab && !isNarrowed(filter)
  const stepsAs = (look: 'card' | 'strip') =>
    firstSteps && (
      <FirstSteps project={project} agents={agents} given={firstSteps} seen={stepsSeen} look={look} />
    )
  return (
    <>
      <output aria-live="polite" className="sr-only">
        {queue.said}
      </output>
      <QueueList
        project={project}
        filter={filter}
        queue={queue}
        count={count}
        selection={selection}
        decideMany={deciding?.decideMany ?? null}
        empty={empty}
        steps={{ card: isNew && stepsAs('card'), strip: !isNew && stepsAs('strip') }}
        onKeys={() => setSheetOpen(true)}
        className={`${column} ${isOnOwnPage ? 'max-[1099px]:hidden' : ''}`}
      />
      <section
        aria-label={say.request}
        data-request=""
        className={`row-start-2 flex min-h-0 min-w-0 flex-col min-[1100px]:col-start-2 min-[1100px]:row-span-2
          min-[1100px]:row-start-1 ${isOnOwnPage ? '' : 'max-[1099px]:hidden'}`}
      >
        {queue.staysOnce && (
          <p className="shrink-0 border-b border-line bg-surface px-4 py-1.5 text-xs text-muted sm:px-6 lg:px-8">
            {say.staysOpenOnce(<Kbd>.</Kbd>)}
          </p>
        )}
        {current ? (
          <SnoozeContext value={queue.snoozing}>
            <Review
              key={current.id}
              project={project}
              approval={current}
              position={position}
              heading={queue.heading}
              top={
                <Neighbours
                  position={position}
                  onBack={() => opening.open(null)}
                  onBefore={at > 0 ? () => move(-1) : null}
                  onAfter={at >= 0 && at < rows.length - 1 ? () => move(1) : null}
                />
              }
              decide={isPendingTab || current.status === 'pending' ? (deciding?.decide ?? null) : null}
              step={queue.step}
              isMine={queue.mine.has(current.id)}
              onStep={(next) => queue.begin(current.id, next)}
              onResolved={queue.resolved}
              onNext={queue.goNext}
            />
          </SnoozeContext>
        ) : (
          <>
            {isNew && !isOnOwnPage && (
              <div className="overflow-y-auto p-6 empty:hidden">{stepsAs('card')}</div>
            )}
            <Nothing
              id={currentId}
              isMissing={namedId !== undefined && list.missingId === namedId}
              onBack={isOnOwnPage ? () => opening.open(null) : null}
            />
          </>
        )}
      </section>
      {isSheetOpen && <KeySheet isOpen onClose={() => setSheetOpen(false)} />}
    </>
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
