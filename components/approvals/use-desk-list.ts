'use client'

import { useCallback, useEffect, useLayoutEffect, useMemo, useReducer, useRef } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { seenFields } from '@/lib/approvals/seen'
import type { Listed } from '@/lib/fields'
import { api } from '@/lib/paths'
import { fetchJson } from '../frame/fetch-json'
import { useLive } from '../frame/live'
import type { Change } from '../frame/stream'
import { useIsHydrated } from '../ui/clock'
import { rowsPerPage } from '../ui/rows-per-page'
import { compareIn, place, type ListOf } from './desk-order'
import { narrows } from './filter'
import { keptPlace } from './list-place'
import { isShortPage, readPages } from './read-pages'

type State = {
  /** In order; those that belong to the list. */
  rows: SeenApproval[]
  /** What is known of every request that was ever seen here, those that left included. */
  known: ReadonlyMap<string, SeenApproval>
  cursor: string | null
  /** The last page came short, so that the next is read only when it is asked for. */
  isShort: boolean
  /** What was named and is not in the project. */
  missingId: string | null
  isWaiting: boolean
  isLoadingMore: boolean
  error: Error | undefined
}

export type DeskList = State & {
  loadMore: () => void
  reload: () => void
  settle: (one: SeenApproval) => void
}

type Act =
  | { type: 'read'; items: SeenApproval[]; cursor: string | null; isShort: boolean }
  | { type: 'more'; items: SeenApproval[]; cursor: string | null; isShort: boolean }
  | { type: 'found'; id: string; items: SeenApproval[] }
  | { type: 'patch'; items: SeenApproval[] }
  | { type: 'loading' }
  | { type: 'seek' }
  | { type: 'failed'; error: Error }

type Query = Record<string, string | number | undefined>

/** After a failure all is read again, by itself. */
const retryMs = 3000
/** Should an event be lost all the same. */
const healMs = 300_000
/** So many that changed at once are asked for by their ids; of more the list is read again. */
const mostById = 50
/** What the server sent longer ago than this is read again. */
const freshMs = 2000
/** Of a list that was read further than this the rest is read again only when it is come to. */
const mostReread = 500
/** In pixels. */
const leastRowHeight = 44

/**
 * A list of requests, read page by page. An event has only those requests read that it names, by their ids, and put
 * where they belong; after a gap in the events all that was read is read again.
 * @param linked a request that need not be in the list and is kept up to date with it; `unknown` where the one that is
 *   open is not in the project
 * @param readAt when the server read `initial`, which a browser that goes back shows again
 * @param openId the request that is open, which is read for itself where the list does not tell of it
 * @param name by which the place where the reader is in the list is kept: so far it is read
 */
export function useDeskList(
  project: string,
  of: ListOf,
  initial: Listed<SeenApproval> | null,
  linked: SeenApproval | 'unknown' | null,
  { readAt, openId, name }: { readAt: number; openId: string | undefined; name: string },
): DeskList {
  const isHydrated = useIsHydrated()
  const [state, act] = useReducer(reduce(of), { initial, linked, openId, name, isHydrated }, begin)
  const latest = useRef({ ...state, openId })
  // Before the effects of what is drawn with it, which may ask for more.
  useLayoutEffect(() => {
    latest.current = { ...state, openId }
  })
  // The server did not know of the place.
  useLayoutEffect(() => {
    const { rows, cursor } = latest.current
    if (cursor !== null && isBeyond(name, rows)) act({ type: 'seek' })
    return () => {
      left = { name, state: latest.current }
    }
  }, [name])
  const turn = useRef(0)
  const reading = useRef<Promise<void>>(undefined)
  /** The page that is read next or was read last, which is asked for once. */
  const askedFor = useRef<string | null>(null)
  const status = of.statuses.join()
  /** Addresses of pages of the list; of what is named by its id, of that in whatever it has become. */
  const { path, pathById, isNarrow } = useMemo(() => {
    const { statuses: _statuses, sort, ...narrowing } = of
    const usual = { fields: seenFields.join(), limit: rowsPerPage }
    return {
      path: (query: Query) => api.approvals(project, { ...narrowing, sort, ...usual, ...query }),
      pathById: (ids: string[]) => api.approvals(project, { ...usual, ids: ids.join(), limit: mostById }),
      isNarrow: narrows(narrowing),
    }
  }, [project, of])

  const find = useCallback(
    (id: string) => {
      fetchJson<Listed<SeenApproval>>(pathById([id])).then(
        ({ items }) => act({ type: 'found', id, items }),
        (error: Error) => act({ type: 'failed', error }),
      )
    },
    [pathById],
  )

  const readAgain = useCallback(async () => {
    const mine = ++turn.current
    const wanted = () => {
      if (mine !== turn.current) return 0
      const { length } = latest.current.rows
      return Math.max(Math.min(mostReread, length), (keptPlace(name)?.at ?? 0) + rowsPerPage)
    }
    try {
      const read = await readPages<SeenApproval>(wanted, (page) => fetchJson(path({ status, ...page })))
      if (mine !== turn.current) return
      askedFor.current = null
      act({ type: 'read', ...read })
      const { openId: id, known } = latest.current
      const isGone = id !== undefined && !read.items.some((one) => one.id === id)
      if (isGone && known.get(id)?.status === 'pending') find(id)
    } catch (error) {
      if (mine === turn.current) act({ type: 'failed', error: error as Error })
    }
  }, [path, status, name, find])
  const reload = useCallback(async () => {
    const mine = (reading.current = readAgain())
    await mine
    if (reading.current === mine) reading.current = undefined
  }, [readAgain])

  const readMore = useCallback(async () => {
    const { cursor } = latest.current
    if (cursor === null || cursor === askedFor.current) return
    const mine = turn.current
    askedFor.current = cursor
    act({ type: 'loading' })
    try {
      const page: Listed<SeenApproval> = await fetchJson(path({ status, cursor }))
      if (mine === turn.current) act({ type: 'more', ...pageOf(page, rowsPerPage) })
    } catch (error) {
      askedFor.current = null
      act({ type: 'failed', error: error as Error })
    }
  }, [path, status])

  const readThese = useCallback(
    async (changes: Change[]) => {
      const { known } = latest.current
      const isMine = ({ id, status: now }: Change) =>
        known.has(id) || (now !== undefined && (of.statuses as readonly string[]).includes(now))
      const ids = [...new Set(changes.filter(isMine).map(({ id }) => id))]
      if (ids.length === 0) return
      if (ids.length > mostById) return reload()
      // What is here stays whatever the search would say; what is new has to fit it.
      const isNew = (id: string) => isNarrow && !known.has(id)
      const [here, fresh] = [ids.filter((id) => !isNew(id)), ids.filter(isNew)]
      const paths = [
        ...(here.length > 0 ? [pathById(here)] : []),
        ...(fresh.length > 0 ? [path({ ids: fresh.join(), limit: mostById })] : []),
      ]
      try {
        const pages = await Promise.all(paths.map((one) => fetchJson<Listed<SeenApproval>>(one)))
        act({ type: 'patch', items: pages.flatMap(({ items }) => items) })
      } catch (error) {
        act({ type: 'failed', error: error as Error })
      }
    },
    [path, pathById, isNarrow, reload, of.statuses],
  )

  /** Whether the list is as it was when the server read it, without reading it whole. */
  const check = useCallback(async () => {
    await reading.current
    const briefly = { status, fields: 'id,status', limit: rowsPerPage }
    const { items }: Listed<SeenApproval> = await fetchJson(path(briefly))
    const words = (rows: readonly SeenApproval[]) => rows.map((row) => `${row.id} ${row.status}`).join()
    if (words(items) !== words(latest.current.rows.slice(0, rowsPerPage))) await reload()
  }, [path, status, reload])

  useLive((changes) => {
    if (changes === null) void reload()
    else if (changes.length > 0) void readThese(changes)
    else void check().catch(reload)
  })
  const { error, isWaiting } = state
  useEffect(() => {
    if (isWaiting && error === undefined && !reading.current) void reload()
    const timer = setTimeout(() => void reload(), error ? retryMs : healMs)
    return () => clearTimeout(timer)
  }, [error, isWaiting, reload, state])

  // A browser that goes back shows what the server sent long ago.
  useEffect(() => {
    if (initial !== null && isOld(readAt) && !reading.current) void reload()
  }, [initial, readAt, reload])

  const isUnknown = openId !== undefined && openId !== state.missingId && !state.known.has(openId)
  const isWell = error === undefined
  useEffect(() => {
    if (isUnknown && isWell) find(openId)
  }, [isUnknown, isWell, openId, find])

  const settle = useCallback((one: SeenApproval) => act({ type: 'patch', items: [one] }), [])
  const again = useCallback(() => void reload(), [reload])
  const loadMore = useCallback(() => void readMore(), [readMore])
  return { ...state, loadMore, reload: again, settle }
}

const shown = new Set<number>()

/** Whether this was shown before in this tab, or was read a while ago. */
function isOld(readAt: number): boolean {
  const wasShown = shown.has(readAt)
  shown.add(readAt)
  return wasShown || Date.now() - readAt > freshMs
}

/** The list that was left last, as far as it was read: whoever comes back begins with it. */
let left: { name: string; state: State } | undefined

/** Whether the reader was further down the list than these rows fill the window. */
function isBeyond(name: string, rows: SeenApproval[]): boolean {
  const at = keptPlace(name)?.at ?? 0
  return at > 0 && at + window.innerHeight / leastRowHeight > rows.length
}

function pageOf(page: Listed<SeenApproval>, limit: number) {
  return { items: page.items, cursor: page.next_cursor, isShort: isShortPage(page, limit) }
}

type Begin = {
  initial: Listed<SeenApproval> | null
  linked: SeenApproval | 'unknown' | null
  openId: string | undefined
  name: string
  isHydrated: boolean
}

function begin({ initial, linked, openId, name, isHydrated }: Begin): State {
  const fresh = fromServer({ initial, linked, openId })
  if (!isHydrated || fresh.cursor === null || !isBeyond(name, fresh.rows)) return fresh
  if (left?.name !== name) return sought(fresh)
  const known = new Map([...left.state.known, ...fresh.known])
  return { ...left.state, known, missingId: fresh.missingId, isLoadingMore: false, error: undefined }
}

/** Nothing is shown until the place where the reader was is there. */
function sought(state: State): State {
  return { ...state, rows: [], cursor: null, isShort: false, isWaiting: true }
}

function fromServer({ initial, linked, openId }: Omit<Begin, 'name' | 'isHydrated'>): State {
  const rows = initial?.items ?? []
  const known = new Map(rows.map((row) => [row.id, row]))
  if (linked !== null && linked !== 'unknown' && !known.has(linked.id)) known.set(linked.id, linked)
  const cursor = initial?.next_cursor ?? null
  const isShort = initial !== null && isShortPage(initial, rowsPerPage)
  return {
    ...{ rows, known, cursor, isShort, missingId: linked === 'unknown' ? (openId ?? null) : null },
    ...{ isWaiting: initial === null, isLoadingMore: false, error: undefined },
  }
}

const reduce =
  (of: ListOf) =>
  (state: State, step: Act): State => {
    if (step.type === 'seek') return sought(state)
    if (step.type === 'loading') return { ...state, isLoadingMore: true }
    if (step.type === 'failed') return { ...state, isLoadingMore: false, error: step.error }
    const known = new Map(state.known)
    for (const row of step.items) known.set(row.id, row)
    const calm = { isWaiting: false, isLoadingMore: false, error: undefined }
    if (step.type === 'found')
      return { ...state, known, missingId: step.items.length === 0 ? step.id : state.missingId }
    if (step.type === 'read') {
      const { items, cursor, isShort } = step
      const further = isShort ? readFurther(state.rows, items, of) : []
      const kept = further.length > 0 ? { cursor: state.cursor, isShort: state.isShort } : { cursor, isShort }
      return { ...state, known, rows: [...items, ...further], ...kept, ...calm }
    }
    if (step.type === 'more') {
      const here = new Set(state.rows.map(({ id }) => id))
      const rows = [...state.rows, ...step.items.filter(({ id }) => !here.has(id))]
      return { ...state, known, rows, cursor: step.cursor, isShort: step.isShort, ...calm }
    }
    const rows = place(state.rows, step.items, of, state.cursor !== null)
    return { ...state, known, rows }
  }

/** What was looked for further back than a short page reaches; it is decided and changes no more. */
function readFurther(
  rows: SeenApproval[],
  items: SeenApproval[],
  { statuses, sort }: ListOf,
): SeenApproval[] {
  if (statuses.includes('pending')) return []
  const compare = compareIn(sort)
  const last = items.at(-1)
  return rows.filter((one) => last === undefined || compare(one, last) > 0)
}
