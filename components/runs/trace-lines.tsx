'use client'

import { useVirtualizer } from '@tanstack/react-virtual'
import { useImperativeHandle, useRef, type ReactNode, type Ref } from 'react'
import { useIsHydrated } from '../ui/clock'
import type { TraceRow } from './trace-row'

/** Brings a line into view, with some before it. */
export type GoTo = (index: number, options?: { isFocused?: boolean }) => void

type TraceLinesProps = {
  rows: TraceRow[]
  goTo: Ref<GoTo>
  children: (row: TraceRow) => ReactNode
}

/** From so many on only those in sight are drawn. */
const virtualFrom = 200
const linesBefore = 5
/** What begins in this part of the window needs no scrolling. */
const inSight = 0.7
const lineHeight = 28

/** The lines of a trace in their order; long ones scroll within a frame of their own. */
export function TraceLines(props: TraceLinesProps) {
  return props.rows.length < virtualFrom ? <AllLines {...props} /> : <LinesInSight {...props} />
}

const frame = 'divide-y divide-line rounded-sm border border-line bg-surface'

function AllLines({ rows, goTo, children }: TraceLinesProps) {
  useImperativeHandle(goTo, () => (index, { isFocused = false } = {}) => {
    const idOf = (at: number) => rows[at]?.id ?? ''
    const line = document.getElementById(idOf(index))
    const isBelow = (line?.getBoundingClientRect().top ?? 0) > window.innerHeight * inSight
    if (isBelow) document.getElementById(idOf(Math.max(0, index - linesBefore)))?.scrollIntoView()
    if (isFocused) line?.focus({ preventScroll: isBelow })
  })
  return (
    <ol aria-label="Steps" className={`${frame} overflow-clip`}>
      {rows.map((row) => (
        <li key={row.id}>{children(row)}</li>
      ))}
    </ol>
  )
}

/** What scrolls must be reachable by keyboard. */
const reachable = { tabIndex: 0 }

function LinesInSight({ rows, goTo, children }: TraceLinesProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const isHydrated = useIsHydrated()
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
      {isHydrated && (
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
      )}
    </section>
  )
}
