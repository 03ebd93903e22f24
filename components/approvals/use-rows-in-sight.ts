'use client'

import { useEffect, useState, type RefObject } from 'react'

/** Rows that are drawn above and below those in sight. */
const beyond = 12

type View = { top: number; height: number; rowHeight: number }

/** Which of many rows are to be drawn: those in sight, and some about them. */
export function rangeOf({ top, height, rowHeight }: View, count: number): { from: number; to: number } {
  const from = Math.min(Math.floor(top / rowHeight) - beyond, count - 1)
  const to = Math.ceil((top + height) / rowHeight) + beyond
  return { from: Math.max(0, from), to: Math.min(count, Math.max(to, 1)) }
}

/**
 * Follows which rows of a list are in sight of what scrolls them. All are of one height, which is taken from the first
 * that is drawn.
 * @returns `to` is the first that is not drawn; `scrollTo` brings one into sight by the shortest way
 */
export function useRowsInSight(scroller: RefObject<HTMLElement | null>, count: number) {
  const [view, setView] = useState<View>({ top: 0, height: 900, rowHeight: 44 })
  useEffect(() => {
    const frame = scroller.current
    if (!frame) return
    const look = () => {
      const measured = frame.querySelector('li')?.offsetHeight
      setView((now) => {
        const rowHeight = measured || now.rowHeight
        const { scrollTop: top, clientHeight: height } = frame
        const isSame = top === now.top && height === now.height && rowHeight === now.rowHeight
        return isSame ? now : { top, height, rowHeight }
      })
    }
    const observer = new ResizeObserver(look)
    observer.observe(frame)
    frame.addEventListener('scroll', look, { passive: true })
    return () => {
      observer.disconnect()
      frame.removeEventListener('scroll', look)
    }
  }, [scroller])

  const { rowHeight } = view
  function scrollTo(at: number) {
    const frame = scroller.current
    if (!frame) return
    const [top, bottom] = [at * rowHeight, (at + 1) * rowHeight]
    if (top < frame.scrollTop) frame.scrollTo({ top })
    else if (bottom > frame.scrollTop + frame.clientHeight)
      frame.scrollTo({ top: bottom - frame.clientHeight })
  }
  return { ...rangeOf(view, count), rowHeight, scrollTo }
}
