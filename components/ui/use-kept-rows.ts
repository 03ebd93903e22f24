'use client'

import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react'
import { keepHere, keptHere } from './kept-here'
import type { Pages } from './use-pages'

/** How far a list was read, and which of its rows stood where in the window. */
type Kept = { of: string; pages: number; id: string | undefined; top: number }

const name = 'rows'
/** Where the reader scrolled to is kept once they stay there. */
const stayMs = 200

type ReadPages = Pick<Pages<{ next_cursor: string | null }>, 'pages' | 'hasMore' | 'readUpTo'>

/**
 * Keeps where a list stands that is read page by page and scrolls with the window, through reloading and coming back:
 * as many pages are read again. Whoever presses or scrolls meanwhile stays where they are.
 * @returns of the element whose children are the rows
 */
export function useKeptRows(
  label: string,
  items: readonly { id: string }[],
  { pages, hasMore, readUpTo }: ReadPages,
): RefObject<HTMLUListElement | null> {
  const list = useRef<HTMLUListElement>(null)
  const due = useRef<Kept>(undefined)
  const latest = useRef({ items, count: pages.length })
  useLayoutEffect(() => {
    latest.current = { items, count: pages.length }
  })

  useLayoutEffect(() => {
    const of = () => label + location.search
    const kept = keptHere<Kept>(name)
    if (kept?.of === of()) due.current = kept
    function keep() {
      const rows = [...(list.current?.children ?? [])]
      const at = rows.findIndex((row) => row.getBoundingClientRect().bottom > 0)
      const top = rows[at]?.getBoundingClientRect().top
      if (due.current || top === undefined) return
      const { items: now, count } = latest.current
      keepHere(name, { of: of(), pages: count, id: now[at]?.id, top } satisfies Kept)
    }
    const listening = new AbortController()
    const { signal } = listening
    let timer: ReturnType<typeof setTimeout> | undefined
    const keepSoon = () => {
      clearTimeout(timer)
      timer = setTimeout(keep, stayMs)
    }
    const stay = () => (due.current = undefined)
    addEventListener('scroll', keepSoon, { signal, passive: true })
    addEventListener('pagehide', keep, { signal })
    for (const act of ['keydown', 'pointerdown', 'wheel'])
      addEventListener(act, stay, { signal, passive: true, capture: true })
    return () => {
      listening.abort()
      clearTimeout(timer)
    }
  }, [label])

  const { length } = pages
  const isFirst = length === 1
  useEffect(() => {
    if (due.current && isFirst && hasMore) readUpTo(due.current.pages)
    // Once the first page is there.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [isFirst])
  useLayoutEffect(() => {
    const wanted = due.current
    if (!wanted || length === 0 || (hasMore && length < wanted.pages)) return
    due.current = undefined
    const row = list.current?.children[items.findIndex(({ id }) => id === wanted.id)]
    if (row) scrollBy({ top: row.getBoundingClientRect().top - wanted.top, behavior: 'instant' })
  })
  return list
}
