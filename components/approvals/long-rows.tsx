'use client'

import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useIsHydrated } from '../ui/clock'
import { scrollerLook, type DeskRowsProps } from './desk-rows'
import { useListPlace } from './use-list-place'

/** As many rows as the server and the first drawing have, before the height of the place is known. */
const firstRows = 18

/**
 * Many rows of one height, of which only those about the visible ones are drawn. Those that are left out take the place
 * of two empty boxes: rows stand in the flow, so that no style of theirs has to come from the server.
 */
export function LongRows(props: DeskRowsProps) {
  const { of, label, rows, currentId, hasMore, onEnd, children } = props
  const scroller = useRef<HTMLDivElement>(null)
  const isHydrated = useIsHydrated()
  const [rowHeight, setRowHeight] = useState(44)
  // eslint-disable-next-line react/incompatible-library -- its answers are read anew in each render and handed to nobody
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    initialRect: { width: 0, height: firstRows * rowHeight },
  })
  const toRow = (at: number) => virtual.scrollToIndex(at)
  const measured = useListPlace(scroller, { of, rows, currentId, toRow, isAnchored: true })
  if (measured !== undefined && measured !== rowHeight) setRowHeight(measured)
  useLayoutEffect(() => virtual.measure(), [virtual, rowHeight])

  const drawn = virtual.getVirtualItems()
  const before = drawn[0]?.start ?? 0
  const after = isHydrated ? virtual.getTotalSize() - (drawn.at(-1)?.end ?? 0) : 0
  const isNearEnd = hasMore && (drawn.at(-1)?.index ?? 0) > rows.length - 15
  useEffect(() => {
    if (isNearEnd) onEnd()
  }, [isNearEnd, rows.length, onEnd])

  return (
    <div ref={scroller} data-scroller="" className={`${scrollerLook} [overflow-anchor:none]`}>
      {before > 0 && <div style={{ height: before }} />}
      <ul aria-label={label}>
        {drawn.map(({ index }) => {
          const row = rows[index]
          return row && children(row, index)
        })}
      </ul>
      {after > 0 && <div style={{ height: after }} />}
    </div>
  )
}
