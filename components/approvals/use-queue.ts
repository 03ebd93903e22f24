'use client'

import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import type { Listed } from '@/lib/fields'
import * as say from '@/words/approvals/use-queue'
import { useDisplay } from '../ui/display-context'
import { objectWords } from './call-words'
import { compareIn, type ListOf } from './desk-order'
import { doneTo } from './done-to'
import { listOfFilter, shownGroups, type QueueFilter } from './filter'
import { neighbourOf, nextOf, placeOf } from './next-request'
import { useSnoozes } from './snooze/use-snoozes'
import { typing, useBeside, useRowFocus } from './use-beside'
import type { useCount } from './use-count'
import type { DecisionKind } from './use-decision'
import { useDeskList } from './use-desk-list'
import { useHeldRows } from './use-held-rows'
import { useHold } from './use-hold'
import type { Opening } from './use-open'

type QueueGiven = {
  project: string
  filter: QueueFilter
  initial: Listed<SeenApproval> | null
  readAt: number
  linked: SeenApproval | 'unknown' | null
  opening: Opening
  count: ReturnType<typeof useCount>
}

export type Queue = ReturnType<typeof useQueue>

/** What was decided stays in sight for so long before the next opens. */
const advanceMs = 600

/**
 * The rows, which of them is open and what opens next. No row moves while the reviewer is in the list, and the open
 * request never changes by itself but after the reviewer's own decision.
 */
export function useQueue({ project, filter, initial, readAt, linked, opening, count }: QueueGiven) {
  const [of] = useState(() => listOfFilter(filter))
  const { id: namedId, isHere, open } = opening
  const by = shownGroups(filter)
  const [listName] = useState(() => `${project} ${JSON.stringify(filter)}`)
  const firstId = by ? undefined : initial?.items[0]?.id
  const { besideId, isUnsure, setBeside, keep } = useBeside({ of: listName, namedId, firstId, isHere })
  const currentId = namedId ?? besideId
  const list = useDeskList(project, of, initial, linked, { readAt, openId: currentId, name: listName })
  const isPendingTab = filter.status === undefined
  const { isHeld, handlers } = useHold()

  const current = currentId === undefined ? undefined : list.known.get(currentId)
  const isLeaving = isPendingTab && current !== undefined && current.status !== 'pending'
  const { rows: held, ...fresh } = useHeldRows(list.rows, {
    isHeld: isHeld || !isHere || isLeaving,
    known: list.known,
    compare: compareIn(of.sort),
  })
  const snoozes = useSnoozes(project)
  const isSnoozedShown = filter.snoozed === 'true'
  const rows = useMemo(
    () => (isPendingTab ? held.filter(({ id }) => !snoozes.isGone(id, isSnoozedShown)) : held),
    [held, isPendingTab, isSnoozedShown, snoozes],
  )
  if (currentId === undefined && by === undefined && rows[0]) setBeside(rows[0].id)

  // Whoever comes to a request finds its answer not begun: a form is opened there and then, or not at all.
  const [begun, setBegun] = useState<{ id: string; step: DecisionKind } | null>(null)
  if (begun !== null && begun.id !== currentId) setBegun(null)
  const step = begun?.id === currentId ? (begun?.step ?? null) : null
  const [mine, setMine] = useState<ReadonlySet<string>>(new Set())
  const [leaving, setLeaving] = useState<string | null>(null)
  const { after } = useDisplay().display
  const [staysOnce, setStaysOnce] = useState(false)
  const [said, setSaid] = useState('')
  const { heading, focusHeading, wishFocus } = useHeading()

  if (leaving !== null && (leaving !== currentId || !isLeaving)) setLeaving(null)

  const at = rows.findIndex(({ id }) => id === currentId)
  const [lastAt, setLastAt] = useState(0)
  if (at >= 0 && at !== lastAt) setLastAt(at)
  if (by === undefined && namedId !== undefined && namedId !== besideId && at >= 0) setBeside(namedId)
  if (isUnsure && current) setBeside(isOf(of, current) ? current.id : list.rows[0]?.id)
  if (isUnsure && list.missingId === besideId) setBeside(list.rows[0]?.id)
  const total = isPendingTab ? (count.matching ?? count.pending) : undefined
  const position = placeOf(rows, currentId, total)
  const nextId = useMemo(() => {
    const from = { id: currentId, lastAt, isPendingTab }
    return nextOf(rows, from) ?? nextOf(list.rows, from)
  }, [rows, list.rows, currentId, lastAt, isPendingTab])

  const show = useCallback(
    (id: string, how: 'push' | 'replace', takesFocus: boolean) => {
      if (namedId === undefined) keep(id)
      open(id, how)
      setBeside(id)
      setLeaving(null)
      if (takesFocus) wishFocus()
    },
    [namedId, keep, open, setBeside, setLeaving, wishFocus],
  )
  useRowFocus(namedId, heading)
  const move = (way: 1 | -1) => {
    const next = neighbourOf(rows, { id: currentId, lastAt }, way)
    if (next) show(next.id, namedId === undefined ? 'push' : 'replace', true)
  }
  const goNext = nextId === undefined ? null : () => show(nextId, 'replace', true)

  /** As the reader wants it: the next opens, or the list has the focus where it stands. */
  const advance = useCallback(
    (id: string) => {
      if (after !== 'list') return show(id, 'replace', true)
      open(null, 'replace')
      setBeside(id)
      setLeaving(null)
      requestAnimationFrame(() => document.querySelector<HTMLElement>(`#approval-${id} a`)?.focus())
    },
    [after, open, setBeside, setLeaving, show],
  )

  // What was decided here stays in sight for a moment, then the next opens; where none waits, the next that comes.
  useEffect(() => {
    if (leaving === null || nextId === undefined || !isHere) return
    const timer = setTimeout(() => (isElsewhere() ? setLeaving(null) : advance(nextId)), advanceMs)
    return () => clearTimeout(timer)
  }, [leaving, nextId, isHere, advance])

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
    setStaysOnce(false)
    const now = latest.current
    if (now.currentId !== approval.id || staysOnce || after === 'stay') return setSaid(done)
    setLeaving(approval.id)
    const next = now.nextId === undefined ? undefined : now.known.get(now.nextId)
    if (!next) return setSaid(say.nothingElse(done))
    if (after === 'list') return setSaid(done)
    // An event that came before the answer had it counted already.
    const isCounted = now.known.get(approval.id)?.status === 'pending'
    const total = now.total === undefined ? undefined : now.total - (isCounted ? 1 : 0)
    const place = placeOf(
      now.rows.filter(({ id }) => id !== approval.id),
      next.id,
      total,
    )
    setSaid(say.nextIs(done, objectWords(next), place))
  }
  /** After several were decided at once the next opens as after one. */
  const leave = () => {
    if (after !== 'stay') setLeaving(latest.current.currentId ?? null)
  }
  const snoozing = {
    untilOf: snoozes.untilOf,
    onSnoozed: (id: string, until: string | null) => {
      snoozes.note(id, until)
      const isGone = (until !== null) !== isSnoozedShown
      if (isGone && id === currentId && nextId !== undefined && after !== 'stay') advance(nextId)
    },
  }
  function stayOnce() {
    if (after === 'stay') return
    setStaysOnce(!staysOnce)
    setSaid(staysOnce ? say.staysNoLonger : say.staysOpen)
  }
  function begin(id: string, next: DecisionKind | null) {
    setBegun(next && { id, step: next })
    if (next === null) focusHeading()
  }
  /** Opens a request where an answer to it is begun. */
  function showStep(id: string, next: DecisionKind) {
    show(id, 'push', false)
    setBegun({ id, step: next })
  }

  // After full pages the next has rows.
  const loadsOn = list.rows.length === 0 && list.cursor !== null && !list.isShort && !list.error
  const { loadMore } = list
  useEffect(() => {
    if (loadsOn) loadMore()
  }, [loadsOn, loadMore])

  return {
    ...{ list, listName, by, rows, ...fresh, isHeld, holding: handlers, isPendingTab, total, loadsOn },
    ...{ namedId, currentId, current, at, position, heading, step, mine, said },
    ...{ show, move, goNext, begin, showStep, resolved, leave },
    ...{ snoozing, staysOnce, stayOnce },
  }
}

/** The open request's heading, and the focus on it: at once, or after the next drawing. */
function useHeading() {
  const heading = useRef<HTMLHeadingElement>(null)
  const focusHeading = useCallback(() => heading.current?.focus({ preventScroll: true }), [])
  // Before the drawing the heading is still that of the request which goes.
  const [wishes, setWishes] = useState(0)
  useEffect(() => {
    if (wishes > 0) focusHeading()
  }, [wishes, focusHeading])
  const wishFocus = useCallback(() => setWishes((count) => count + 1), [])
  return { heading, focusHeading, wishFocus }
}

function isOf({ statuses }: ListOf, { status }: SeenApproval): boolean {
  return (statuses as readonly string[]).includes(status)
}

/** Whoever went on to something else than the request keeps what they have before them. */
function isElsewhere(): boolean {
  const { activeElement: active } = document
  if (document.querySelector('[role=dialog]')) return true
  if (active === null || active === document.body) return false
  return !active.closest('[data-request]') || active.matches(typing)
}
