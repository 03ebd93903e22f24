'use client'

import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, type ReactNode, type RefObject } from 'react'
import { useIsHydrated } from '../ui/clock'

type DeskRowsProps<T extends { id: string }> = {
  label: string
  rows: T[]
  /** Kept in sight as it changes. */
  currentId: string | undefined
  hasMore: boolean
  onEnd: () => void
  list: RefObject<HTMLUListElement | null>
  children: (row: T, at: number) => ReactNode
}

/** As many rows as the server and the first drawing have, before the height of the place is known. */
const firstRows = 30

/**
 * Long lists of rows of one height, of which only those about the visible ones are drawn. Those that are left out take
 * the place of two empty boxes: rows stand in the flow, so that no style of theirs has to come from the server.
 */
export function DeskRows<T extends { id: string }>(props: DeskRowsProps<T>) {
  const { label, rows, currentId, hasMore, onEnd, list, children } = props
  const scroller = useRef<HTMLDivElement>(null)
  const isHydrated = useIsHydrated()
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 44,
    getItemKey: (at) => rows[at]?.id ?? at,
    overscan: 12,
    initialRect: { width: 360, height: 900 },
  })
  const items = virtual.getVirtualItems()
  const range = isHydrated
    ? { from: items[0]?.index ?? 0, to: (items.at(-1)?.index ?? -1) + 1 }
    : { from: 0, to: Math.min(firstRows, rows.length) }
  const before = isHydrated ? (items[0]?.start ?? 0) : 0
  const after = isHydrated ? virtual.getTotalSize() - (items.at(-1)?.end ?? 0) : 0

  const currentAt = rows.findIndex(({ id }) => id === currentId)
  useEffect(() => {
    if (currentAt >= 0) virtual.scrollToIndex(currentAt, { align: 'auto' })
    // Only as the current row becomes another one, not as rows come and go about it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [currentId])

  const isNearEnd = hasMore && range.to > rows.length - 15
  useEffect(() => {
    if (isNearEnd) onEnd()
  }, [isNearEnd, rows.length, onEnd])

  return (
    <div ref={scroller} data-scroller="" className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
      {before > 0 && <div style={{ height: before }} />}
      <ul ref={list} aria-label={label}>
        {rows.slice(range.from, range.to).map((row, at) => children(row, range.from + at))}
      </ul>
      {after > 0 && <div style={{ height: after }} />}
    </div>
  )
}
