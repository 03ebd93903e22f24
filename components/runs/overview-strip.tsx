'use client'

import { useId } from 'react'
import { spanWords } from '../ui/duration'
import { Hatch, placeOn, StepBar, type Axis } from './time-axis'
import { timeMarks } from './time-marks'
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
  const marks = timeMarks(axis.until - axis.from).map((ms) => ({
    ms,
    x: `${placeOn(axis, axis.from + ms)}%`,
  }))
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
        {marks.slice(1).map(({ ms, x }) => (
          <line key={ms} x1={x} x2={x} y1={0} y2={height} className="stroke-line" />
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
      <svg aria-hidden="true" width="100%" height={20} className="block border-t border-line">
        {marks.map(({ ms, x }) => (
          <text key={ms} x={x} dx={5} y={14} className="fill-faint text-xs">
            {spanWords(ms)}
          </text>
        ))}
      </svg>
    </div>
  )
}
