'use client'

import { useVirtualizer } from '@tanstack/react-virtual'
import { useImperativeHandle, useRef } from 'react'
import { frame, linesBefore, type TraceLinesProps } from './trace-lines'

const lineHeight = 28

/** What scrolls must be reachable by keyboard. */
const reachable = { tabIndex: 0 }

/** The lines of a long trace, of which those in sight are drawn; they scroll within a frame of their own. */
export function LinesInSight({ rows, goTo, children }: TraceLinesProps) {
  const scroller = useRef<HTMLDivElement>(null)
  // eslint-disable-next-line react/incompatible-library -- its answers are read anew in each render and handed to nobody
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 12,
  })
  useImperativeHandle(goTo, () => (index, { isFocused = false } = {}) => {
    const isCut = (scroller.current?.getBoundingClientRect().bottom ?? 0) > window.innerHeight
    if (isCut) scroller.current?.scrollIntoView({ block: 'end' })
    virtual.scrollToIndex(Math.max(0, index - linesBefore), { align: 'start' })
    if (isFocused) requestAnimationFrame(() => document.getElementById(rows[index]?.id ?? '')?.focus())
  })
  return (
    <section
      {...reachable}
      ref={scroller}
      aria-label="Steps of the trace"
      className={`${frame} h-[75dvh] scroll-mb-20 overflow-y-auto overscroll-contain md:scroll-mb-4`}
    >
      <ol aria-label="Steps" className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ key, index, start }) => {
          const row = rows[index]
          return (
            row && (
              <li
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                aria-setsize={rows.length}
                aria-posinset={index + 1}
                className="absolute inset-x-0 top-0 border-b border-line"
                style={{ transform: `translateY(${start}px)` }}
              >
                {children(row)}
              </li>
            )
          )
        })}
      </ol>
    </section>
  )
}
