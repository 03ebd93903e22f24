'use client'

import { useImperativeHandle, type ReactNode, type Ref } from 'react'
import * as say from '@/words/runs/trace-lines'
import type { TraceRow } from './trace-row'
import { useIsHydrated } from '../ui/clock'
import { late } from '../ui/late'

/** Brings a line into view, with some before it. */
export type GoTo = (index: number, options?: { isFocused?: boolean }) => void

export type TraceLinesProps = {
  rows: TraceRow[]
  goTo: Ref<GoTo>
  children: (row: TraceRow) => ReactNode
}

/** From so many on only those in sight are drawn. */
const virtualFrom = 200
export const linesBefore = 5
/** What begins in this part of the window needs no scrolling. */
const inSight = 0.7

export const frame = 'divide-y divide-line rounded-sm border border-line bg-surface'
const waiting = <div className={`${frame} h-[75dvh]`} />

/** Read for long traces alone. */
const LinesInSight = late(() => import('./lines-in-sight').then((module) => module.LinesInSight), waiting)

/** The lines of a trace in their order; long ones scroll within a frame of their own. */
export function TraceLines(props: TraceLinesProps) {
  // Which are in sight only a browser knows.
  const isHydrated = useIsHydrated()
  if (props.rows.length < virtualFrom) return <AllLines {...props} />
  return isHydrated ? <LinesInSight {...props} /> : waiting
}

function AllLines({ rows, goTo, children }: TraceLinesProps) {
  useImperativeHandle(goTo, () => (index, { isFocused = false } = {}) => {
    const idOf = (at: number) => rows[at]?.id ?? ''
    const line = document.getElementById(idOf(index))
    const isBelow = (line?.getBoundingClientRect().top ?? 0) > window.innerHeight * inSight
    if (isBelow) document.getElementById(idOf(Math.max(0, index - linesBefore)))?.scrollIntoView()
    if (isFocused) line?.focus({ preventScroll: isBelow })
  })
  return (
    <ol aria-label={say.steps} className={`${frame} overflow-clip`}>
      {rows.map((row) => (
        <li key={row.id}>{children(row)}</li>
      ))}
    </ol>
  )
}
