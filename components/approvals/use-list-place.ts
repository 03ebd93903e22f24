'use client'

import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react'
import { keepPlace, keptPlace, type ListPlace } from './list-place'

/** Where the reader scrolled to is kept once they stay there. */
const stayMs = 200
/** Of the rows in sight. */
const mostLooked = 12

type ListGiven = {
  /** Names the list. */
  of: string
  rows: readonly { id: string }[]
  currentId: string | undefined
  toRow: (at: number) => void
  /** Whether the rows in sight are to stay where they are as others come and go above, which a browser then does not do. */
  isAnchored?: boolean
}

/**
 * Keeps where a list of rows of one height stands: through reloading, coming back, and a request in its place. The
 * current row is brought into sight only as it becomes another one.
 * @returns how high a row is; undefined while the list is hidden
 */
export function useListPlace(
  scroller: RefObject<HTMLElement | null>,
  { of, rows, currentId, toRow, isAnchored = false }: ListGiven,
): number | undefined {
  const [rowHeight, setRowHeight] = useState<number>()
  const place = useRef<ListPlace>(undefined)
  const isDue = useRef(false)
  const seenId = useRef<string>(undefined)
  const latest = useRef({ rows, currentId })
  useLayoutEffect(() => {
    latest.current = { rows, currentId }
  })

  useLayoutEffect(() => {
    const frame = scroller.current
    if (!frame) return
    const kept = keptPlace(of)
    place.current = kept
    isDue.current = kept !== undefined
    // where the reader left the list, and not where its current row is
    if (kept) seenId.current = latest.current.currentId
    else keepPlace(of, undefined)
    let timer: ReturnType<typeof setTimeout> | undefined
    const keep = () => keepPlace(of, place.current)
    const onScroll = () => {
      const height = heightIn(frame)
      if (height === undefined || isDue.current) return
      const at = Math.floor(frame.scrollTop / height)
      place.current = { id: latest.current.rows[at]?.id, at, by: frame.scrollTop / height - at }
      clearTimeout(timer)
      timer = setTimeout(keep, stayMs)
    }
    const observer = new ResizeObserver(() => {
      const height = heightIn(frame)
      if (height === undefined) isDue.current = place.current !== undefined
      setRowHeight(height)
      // what was scrolled at last before the list was hidden was told to nobody
      frame.dispatchEvent(new Event('scroll'))
    })
    observer.observe(frame)
    frame.addEventListener('scroll', onScroll, { passive: true })
    window.addEventListener('pagehide', keep)
    return () => {
      clearTimeout(timer)
      observer.disconnect()
      frame.removeEventListener('scroll', onScroll)
      window.removeEventListener('pagehide', keep)
    }
  }, [scroller, of])

  // Once the list is as high as its rows are together.
  useLayoutEffect(() => {
    const [frame, wanted] = [scroller.current, place.current]
    if (!isDue.current || !frame || !wanted || rowHeight === undefined) return
    if (frame.scrollHeight < rows.length * rowHeight) return
    const found = rows.findIndex(({ id }) => id === wanted.id)
    isDue.current = false
    frame.scrollTop = ((found < 0 ? wanted.at : found) + wanted.by) * rowHeight
  })

  const shown = useRef(rows)
  useLayoutEffect(() => {
    const [frame, before] = [scroller.current, shown.current]
    shown.current = rows
    if (!isAnchored || !frame || before === rows || rowHeight === undefined || isDue.current) return
    if (frame.scrollTop > 0) frame.scrollTop += shiftOf(before, rows, frame.scrollTop / rowHeight) * rowHeight
  }, [scroller, rows, rowHeight, isAnchored])

  const currentAt = rows.findIndex(({ id }) => id === currentId)
  const isThere = currentAt >= 0 && rowHeight !== undefined
  useEffect(() => {
    if (!isThere || seenId.current === currentId) return
    seenId.current = currentId
    toRow(currentAt)
    // Only as the current row becomes another one, or comes to the list, not as rows come and go about it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [currentId, isThere])
  return rowHeight
}

/** By how many rows the first two in sight that still follow each other have moved; one alone may have a new place. */
function shiftOf(before: readonly { id: string }[], rows: readonly { id: string }[], from: number): number {
  for (let at = Math.floor(from); at < from + mostLooked; at++) {
    const now = rows.findIndex(({ id }) => id === before[at]?.id)
    if (now >= 0 && before[at + 1] && rows[now + 1]?.id === before[at + 1]?.id) return now - at
  }
  return 0
}

function heightIn(frame: HTMLElement): number | undefined {
  return frame.querySelector('li')?.offsetHeight || undefined
}
