'use client'

import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useImperativeHandle, useRef } from 'react'
import * as say from '@/words/runs/lines-in-sight'
import { frame, linesBefore, type TraceLinesProps } from './trace-lines'

const lineHeight = 28
/** A line that was gone to is kept in its place for so long, as lines are drawn and measured; no longer than until the reader moves. */
const keptMs = 5000
const moves = ['wheel', 'pointerdown', 'keydown'] as const

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
  const kept = useRef<{ index: number; focusId: string | undefined; until: number } | null>(null)
  /** Brings what was gone to into its place, as far as what is drawn and measured by now allows. */
  const settle = useCallback(() => {
    if (kept.current === null || performance.now() > kept.current.until) return
    const isCut = (scroller.current?.getBoundingClientRect().bottom ?? 0) > window.innerHeight
    if (isCut) scroller.current?.scrollIntoView({ block: 'end' })
    virtual.scrollToIndex(Math.max(0, kept.current.index - linesBefore), { align: 'start' })
  }, [virtual])
  useImperativeHandle(goTo, () => (index, { isFocused = false } = {}) => {
    const focusId = isFocused ? rows[index]?.id : undefined
    kept.current = { index, focusId, until: performance.now() + keptMs }
    settle()
  })
  // Lines are drawn after they were scrolled to, and only then is known how high those are that are open.
  const size = virtual.getTotalSize()
  useEffect(settle, [settle, size])
  useEffect(() => {
    const observer = new ResizeObserver(settle)
    observer.observe(document.body)
    const release = () => (kept.current = null)
    for (const move of moves) window.addEventListener(move, release, { capture: true, passive: true })
    return () => {
      observer.disconnect()
      for (const move of moves) window.removeEventListener(move, release, { capture: true })
    }
  }, [settle])
  useEffect(() => {
    const line = kept.current?.focusId === undefined ? null : document.getElementById(kept.current.focusId)
    if (!line || !kept.current) return
    kept.current.focusId = undefined
    line.focus({ preventScroll: true })
  })
  return (
    <section
      {...reachable}
      ref={scroller}
      aria-label={say.stepsOfTheTrace}
      className={`${frame} h-[75dvh] scroll-mb-20 overflow-y-auto overscroll-contain md:scroll-mb-4`}
    >
      <ol aria-label={say.steps} className="relative" style={{ height: size }}>
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
