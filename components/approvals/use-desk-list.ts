'use client'

import { useCallback, useEffect, useMemo, useReducer, useRef } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { seenFields } from '@/lib/approvals/seen'
import type { Listed } from '@/lib/fields'
import { api } from '@/lib/paths'
import { fetchJson } from '../frame/fetch-json'
import { useLive } from '../frame/live'
import type { Change } from '../frame/stream'
import { rowsPerPage } from '../ui/rows-per-page'
import { place, type ListOf } from './desk-order'

type State = {
  /** In order; those that belong to the list. */
  rows: SeenApproval[]
  /** What is known of every request that was ever seen here, those that left included. */
  known: ReadonlyMap<string, SeenApproval>
  cursor: string | null
  isWaiting: boolean
  isLoadingMore: boolean
  error: Error | undefined
}

export type DeskList = State & {
  loadMore: () => void
  /** Reads all pages that are left, up to 10,000 requests, and gives all that was read. */
  loadAll: () => Promise<SeenApproval[]>
  reload: () => void
  settle: (one: SeenApproval) => void
}

type Act =
  | { type: 'read'; items: SeenApproval[]; cursor: string | null }
  | { type: 'more'; items: SeenApproval[]; cursor: string | null }
  | { type: 'patch'; items: SeenApproval[] }
  | { type: 'loading' }
  | { type: 'failed'; error: Error }

/** After a failure all is read again, by itself. */
const retryMs = 3000
/** Should an event be lost all the same. */
const healMs = 300_000
/** So many that changed at once are asked for by their ids; of more the list is read again. */
const mostById = 50
const mostLoaded = 10_000
/** Of a list that was read further than this the rest is read again only when it is come to. */
const mostReread = 500

/**
 * A list of requests, read page by page. An event has only those requests read that it names, by their ids, and put
 * where they belong; after a gap in the events all that was read is read again.
 * @param linked a request that need not be in the list and is kept up to date with it
 */
export function useDeskList(
  project: string,
  of: ListOf,
  initial: Listed<SeenApproval> | null,
  linked: SeenApproval | null,
): DeskList {
  const [state, act] = useReducer(reduce(of), { initial, linked }, begin)
  const latest = useRef(state)
  useEffect(() => {
    latest.current = state
  })
  const turn = useRef(0)
  const { agent, tool, q, sort } = of
  const path = useMemo(() => {
    const fields = seenFields.join()
    return (query: Record<string, string | number | undefined>) =>
      api.approvals(project, { agent, tool, q, sort, fields, limit: rowsPerPage, ...query })
  }, [project, agent, tool, q, sort])
  const status = of.statuses.join()

  const reload = useCallback(async () => {
    const mine = ++turn.current
    try {
      const wanted = Math.min(mostReread, Math.max(rowsPerPage, latest.current.rows.length))
      const items: SeenApproval[] = []
      let cursor: string | undefined
      do {
        const limit = Math.min(100, wanted - items.length)
        const page: Listed<SeenApproval> = await fetchJson(path({ status, cursor, limit }))
        items.push(...page.items)
        cursor = page.next_cursor ?? undefined
      } while (cursor !== undefined && items.length < wanted)
      if (mine === turn.current) act({ type: 'read', items, cursor: cursor ?? null })
    } catch (error) {
      if (mine === turn.current) act({ type: 'failed', error: error as Error })
    }
  }, [path, status])

  const loadMore = useCallback(async () => {
    const { cursor, isLoadingMore } = latest.current
    if (cursor === null || isLoadingMore) return
    const mine = turn.current
    act({ type: 'loading' })
    try {
      const page: Listed<SeenApproval> = await fetchJson(path({ status, cursor }))
      if (mine === turn.current) act({ type: 'more', items: page.items, cursor: page.next_cursor })
    } catch (error) {
      act({ type: 'failed', error: error as Error })
    }
  }, [path, status])

  const loadAll = useCallback(async () => {
    let { cursor, rows } = latest.current
    const mine = turn.current
    try {
      while (cursor !== null && rows.length < mostLoaded && mine === turn.current) {
        const page: Listed<SeenApproval> = await fetchJson(path({ status, cursor, limit: 100 }))
        act({ type: 'more', items: page.items, cursor: page.next_cursor })
        rows = [...rows, ...page.items]
        cursor = page.next_cursor
      }
    } catch (error) {
      act({ type: 'failed', error: error as Error })
    }
    return rows
  }, [path, status])

  const readThese = useCallback(
    async (changes: Change[]) => {
      const { known } = latest.current
      const isMine = ({ id, status: now }: Change) =>
        known.has(id) || (of.statuses as readonly string[]).includes(now)
      const ids = [...new Set(changes.filter(isMine).map(({ id }) => id))]
      if (ids.length === 0) return
      if (ids.length > mostById) return reload()
      try {
        const { items }: Listed<SeenApproval> = await fetchJson(
          path({ ids: ids.join(), q: undefined, limit: mostById }),
        )
        const fitting = q === undefined ? items : items.filter(({ id }) => known.has(id))
        act({ type: 'patch', items: fitting })
        if (fitting.length < items.length) await reload()
      } catch (error) {
        act({ type: 'failed', error: error as Error })
      }
    },
    [path, reload, of.statuses, q],
  )

  useLive((changes) => void (changes === null ? reload() : readThese(changes)))
  const { error, isWaiting } = state
  useEffect(() => {
    if (isWaiting && error === undefined) void reload()
    const timer = setTimeout(() => void reload(), error ? retryMs : healMs)
    return () => clearTimeout(timer)
  }, [error, isWaiting, reload, state])

  const settle = useCallback((one: SeenApproval) => act({ type: 'patch', items: [one] }), [])
  return { ...state, loadAll, loadMore: () => void loadMore(), reload: () => void reload(), settle }
}

function begin({
  initial,
  linked,
}: {
  initial: Listed<SeenApproval> | null
  linked: SeenApproval | null
}): State {
  const rows = initial?.items ?? []
  const known = new Map(rows.map((row) => [row.id, row]))
  if (linked !== null && !known.has(linked.id)) known.set(linked.id, linked)
  const cursor = initial?.next_cursor ?? null
  return { rows, known, cursor, isWaiting: initial === null, isLoadingMore: false, error: undefined }
}

const reduce =
  (of: ListOf) =>
  (state: State, step: Act): State => {
    if (step.type === 'loading') return { ...state, isLoadingMore: true }
    if (step.type === 'failed') return { ...state, isLoadingMore: false, error: step.error }
    const known = new Map(state.known)
    for (const row of step.items) known.set(row.id, row)
    const calm = { isWaiting: false, isLoadingMore: false, error: undefined }
    if (step.type === 'read') return { known, rows: step.items, cursor: step.cursor, ...calm }
    if (step.type === 'more') {
      const here = new Set(state.rows.map(({ id }) => id))
      const rows = [...state.rows, ...step.items.filter(({ id }) => !here.has(id))]
      return { known, rows, cursor: step.cursor, ...calm }
    }
    const rows = place(state.rows, step.items, of, state.cursor !== null)
    return { ...state, known, rows }
  }
