'use client'

import { useRef, useState, type ReactNode } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { late } from '../ui/late'
import { useListPlace } from './use-list-place'

export type DeskRowsProps = {
  /** Names the list, that of other filters otherwise. */
  of: string
  label: string
  rows: SeenApproval[]
  /** Kept in sight as it changes. */
  currentId: string | undefined
  hasMore: boolean
  /** No row may move, and none that has the focus be made anew. */
  isHeld: boolean
  onEnd: () => void
  children: (row: SeenApproval, at: number) => ReactNode
}

/** Of more rows than this only those about the visible ones are drawn. */
const mostDrawn = 60

const LongRows = late(
  () => import('./long-rows').then((module) => module.LongRows),
  <div className="min-h-0 flex-1" />,
)

export const scrollerLook = 'min-h-0 flex-1 overflow-x-clip overflow-y-auto overscroll-contain'

/** The rows of the queue in a place that scrolls. */
export function DeskRows(props: DeskRowsProps) {
  const { rows, hasMore, isHeld } = props
  const isOutgrown = hasMore || rows.length > mostDrawn
  const [isLong, setLong] = useState(isOutgrown)
  if (isOutgrown && !isLong && !isHeld) setLong(true)
  const Rows = isLong ? LongRows : FewRows
  return <Rows {...props} />
}

function FewRows({ of, label, rows, currentId, children }: DeskRowsProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const toRow = (at: number) =>
    scroller.current?.querySelectorAll('li')[at]?.scrollIntoView({ block: 'nearest' })
  useListPlace(scroller, { of, rows, currentId, toRow })
  return (
    <div ref={scroller} data-scroller="" className={scrollerLook}>
      <ul aria-label={label}>{rows.map(children)}</ul>
    </div>
  )
}
