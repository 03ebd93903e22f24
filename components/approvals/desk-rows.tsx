'use client'

import { useEffect, useRef, type ReactNode } from 'react'
import { useIsHydrated } from '../ui/clock'
import { useRowsInSight } from './use-rows-in-sight'

type DeskRowsProps<T extends { id: string }> = {
  label: string
  rows: T[]
  /** Kept in sight as it changes. */
  currentId: string | undefined
  hasMore: boolean
  onEnd: () => void
  children: (row: T, at: number) => ReactNode
}

/** As many rows as the server and the first drawing have, before the height of the place is known. */
const firstRows = 30

/**
 * Long lists of rows of one height, of which only those about the visible ones are drawn. Those that are left out take
 * the place of two empty boxes: rows stand in the flow, so that no style of theirs has to come from the server.
 */
export function DeskRows<T extends { id: string }>(props: DeskRowsProps<T>) {
  const { label, rows, currentId, hasMore, onEnd, children } = props
  const scroller = useRef<HTMLDivElement>(null)
  const isHydrated = useIsHydrated()
  const inSight = useRowsInSight(scroller, rows.length)
  const { rowHeight, scrollTo } = inSight
  const range = isHydrated ? inSight : { from: 0, to: Math.min(firstRows, rows.length) }
  const before = range.from * rowHeight
  const after = isHydrated ? (rows.length - range.to) * rowHeight : 0

  const currentAt = rows.findIndex(({ id }) => id === currentId)
  useEffect(() => {
    if (currentAt >= 0) scrollTo(currentAt)
    // Only as the current row becomes another one, not as rows come and go about it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [currentId])

  const isNearEnd = hasMore && range.to > rows.length - 15
  useEffect(() => {
    if (isNearEnd) onEnd()
  }, [isNearEnd, rows.length, onEnd])

  return (
    <div
      ref={scroller}
      data-scroller=""
      className="min-h-0 flex-1 overflow-x-clip overflow-y-auto overscroll-contain"
    >
      {before > 0 && <div style={{ height: before }} />}
      <ul aria-label={label}>
        {rows.slice(range.from, range.to).map((row, at) => children(row, range.from + at))}
      </ul>
      {after > 0 && <div style={{ height: after }} />}
    </div>
  )
}
