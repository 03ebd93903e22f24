'use client'

import { useId } from 'react'
import { spanWords } from '../ui/duration'
import { Hatch, placeOn, StepBar, type Axis } from './time-axis'
import type { TraceRow } from './trace-row'

type OverviewStripProps = {
  rows: TraceRow[]
  axis: Axis
  now: number
  /** Goes to the step at that moment. */
  onJump: (at: number) => void
}

const height = 48
const lanes = ['tool', 'model', 'message'] as const
const laneHeight = 12

/** The whole run to scale in one look: tools, model and messages each in a lane of their own. */
export function OverviewStrip({ rows, axis, now, onJump }: OverviewStripProps) {
  const hatch = useId()
  const laneOf = ({ kind }: TraceRow) => lanes.indexOf(kind === 'note' ? 'message' : kind)
  return (
    <div className="overflow-hidden rounded-sm border border-line bg-surface">
      {/* Keyboards and readers go by the list below, which has the same steps. */}
      <svg
        aria-hidden="true"
        width="100%"
        height={height}
        className="block cursor-pointer"
        onClick={({ currentTarget, clientX }) => {
          const { left, width } = currentTarget.getBoundingClientRect()
          onJump(axis.from + ((clientX - left) / width) * (axis.until - axis.from))
        }}
      >
        <Hatch id={hatch} />
        {[25, 50, 75].map((x) => (
          <line key={x} x1={`${x}%`} x2={`${x}%`} y1={0} y2={height} className="stroke-line" />
        ))}
        {rows.map((row) => (
          <StepBar
            key={row.id}
            row={row}
            axis={axis}
            now={now}
            y={4 + laneOf(row) * (laneHeight + 2)}
            height={laneHeight}
            hatch={hatch}
          />
        ))}
        {rows
          .filter(({ status }) => status === 'awaiting_approval')
          .map(({ id, startedAt }) => (
            <line
              key={id}
              x1={`${placeOn(axis, startedAt)}%`}
              x2={`${placeOn(axis, startedAt)}%`}
              y1={0}
              y2={height}
              className="stroke-warn"
            />
          ))}
      </svg>
      <p aria-hidden="true" className="flex justify-between border-t border-line px-1.5 text-xs text-faint">
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <span key={share}>{spanWords((axis.until - axis.from) * share)}</span>
        ))}
      </p>
    </div>
  )
}
