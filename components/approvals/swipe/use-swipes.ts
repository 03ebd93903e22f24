'use client'

import { useEffect, useRef, type RefObject } from 'react'
import type { SwipeKind } from './swipe'

/**
 * Has rows that can be answered begin an answer by a finger that draws them aside; read where there are fingers alone.
 * @param begin null where nobody answers here
 */
export function useSwipes(
  list: RefObject<HTMLElement | null>,
  begin: ((id: string, kind: SwipeKind) => void) | null,
): void {
  const latest = useRef(begin)
  useEffect(() => {
    latest.current = begin
  })
  const isOn = begin !== null
  useEffect(() => {
    const { current: frame } = list
    if (!isOn || !frame || !matchMedia('(any-pointer: coarse)').matches) return
    let stop: (() => void) | undefined
    let isOver = false
    void import('./swipe').then(({ watchSwipes }) => {
      if (!isOver) stop = watchSwipes(frame, rowOf, (id, kind) => latest.current?.(id, kind))
    })
    return () => {
      isOver = true
      stop?.()
    }
  }, [list, isOn])
}

/** A row that waits; not where its box is touched. */
function rowOf(touched: Element): { id: string; row: HTMLElement } | null {
  const row = touched.closest<HTMLElement>('li[data-waits]')
  const id = row?.dataset.waits
  return !row || !id || touched.closest('label') ? null : { id, row }
}
