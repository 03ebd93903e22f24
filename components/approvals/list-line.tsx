'use client'

import { useEffect, useRef } from 'react'
import * as say from '@/words/approvals/list-line'
import { useLive } from '../frame/live'
import { useNow } from '../ui/clock'
import { countWords } from './count-words'
import type { DeskList } from './use-desk-list'
import { mostGroups } from './use-groups'
import type { Selection } from './use-selection'

type ListLineProps = {
  list: DeskList
  isPending: boolean
  isNarrowed: boolean
  /** What the reader put off is listed, which is not among `pending`. */
  isSnoozed: boolean
  matching: number | undefined
  pending: number
  /** How many groups are shown in place of rows. */
  groups: number | undefined
  newCount: number
  onShowNew: () => void
  selection: Selection | null
  onKeys: () => void
}

const soonMs = 10 * 60_000

/** Between filters and rows, always of the same height: how many there are, what is urgent, and what is new. */
export function ListLine(props: ListLineProps) {
  const { list, isPending, groups, newCount, onShowNew, selection, onKeys } = props
  const now = useNow()
  const { isBehind } = useLive()
  const dueCount = isPending
    ? list.rows.filter(({ expires_at: at }) => Date.parse(at) - now < soonMs).length
    : 0
  return (
    <div className="flex h-9 shrink-0 items-center gap-2 border-b border-line pr-2 text-xs text-muted">
      {selection && <SelectAll selection={selection} />}
      <p className={`min-w-0 flex-1 truncate ${selection ? '-ml-2' : 'pl-3.5'}`} aria-live="polite">
        {newCount > 0 ? (
          <button
            type="button"
            aria-keyshortcuts="n"
            onClick={onShowNew}
            className="rounded-xs font-medium text-accent underline-offset-2 hover:underline"
          >
            {say.newRequests(newCount)}
          </button>
        ) : !isPending ? (
          say.latestFirst
        ) : (
          <>
            {countOf(props)}
            {groups !== undefined && ` ${say.inGroups(groups, groups === mostGroups)}`}
            {dueCount > 0 && (
              <span className="font-medium text-warn">
                {' · '}
                {say.dueSoon(
                  `${dueCount}${list.cursor !== null && dueCount === list.rows.length ? '+' : ''}`,
                )}
              </span>
            )}
          </>
        )}
      </p>
      <p aria-live="polite" className="truncate text-warn">
        {list.error && list.rows.length > 0 ? (
          <button
            type="button"
            title={list.error.message}
            onClick={list.reload}
            className="rounded-xs font-medium underline"
          >
            {say.notUpToDate}
          </button>
        ) : (
          isBehind && say.reconnecting
        )}
      </p>
      <button
        type="button"
        aria-label={say.keysLabel}
        title={say.keysLabel}
        aria-keyshortcuts="?"
        onClick={onKeys}
        className="flex size-6 shrink-0 items-center justify-center rounded-xs border border-line text-xs text-muted hover:bg-sunken hover:text-ink pointer-coarse:hidden"
      >
        ?
      </button>
    </div>
  )
}

function countOf({ isNarrowed, isSnoozed, matching, pending }: ListLineProps): string {
  if (!isNarrowed) return say.requestsWait(pending, countWords(pending))
  if (matching === undefined) return say.counting
  return isSnoozed
    ? say.snoozedCount(countWords(matching))
    : say.matchOf(countWords(matching), countWords(pending))
}

function SelectAll({ selection }: { selection: Selection }) {
  const box = useRef<HTMLInputElement>(null)
  const { count, selectable, isAll } = selection
  useEffect(() => {
    if (box.current) box.current.indeterminate = count > 0 && !isAll
  }, [count, isAll])
  return (
    <label className="flex h-full w-11 shrink-0 items-center justify-center md:w-9">
      <input
        ref={box}
        type="checkbox"
        aria-label={say.selectAllLoaded}
        disabled={selectable === 0}
        checked={isAll}
        onChange={selection.toggleAll}
        className="size-3.5 pointer-coarse:size-5"
      />
    </label>
  )
}
