import { hasFailed, type TraceRow } from './trace-row'

/** A moment's place on an axis that reaches from one to the other, in percent. */
export type Axis = { from: number; until: number }

export function placeOn({ from, until }: Axis, at: number): number {
  return Math.min(100, Math.max(0, ((at - from) / (until - from)) * 100))
}

/** Lines aslant, for spans that are a person's time: told from others without colour. */
export function Hatch({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={id} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="5" height="5" className="fill-warn-soft" />
        <rect width="2" height="5" className="fill-warn" />
      </pattern>
    </defs>
  )
}

const colours = {
  tool: 'fill-accent',
  model: 'fill-muted',
  message: 'fill-faint',
  note: 'fill-faint',
} as const

/** One step on the axis: its own time filled, a person's hatched; never thinner than can be seen. */
export function StepBar({
  row,
  axis,
  now,
  y,
  height,
  hatch,
}: {
  row: TraceRow
  axis: Axis
  /** Where what goes on ends. */
  now: number
  y: number
  height: number
  hatch: string
}) {
  const span = (from: number, until: number) => {
    const x = placeOn(axis, from)
    return { x: `${x}%`, width: `${Math.max(0.4, placeOn(axis, until) - x)}%`, y, height }
  }
  const { wait, startedAt, endedAt } = row
  const isHeld = row.status === 'awaiting_approval'
  const ownFrom = wait ? wait.until : startedAt
  const ownUntil = endedAt ?? (row.status === 'running' ? now : ownFrom)
  return (
    <>
      {wait && (
        <rect
          {...span(wait.from, wait.until ?? now)}
          rx={1}
          fill={`url(#${hatch})`}
          className={isHeld ? 'animate-pulse stroke-warn' : ''}
        />
      )}
      {ownFrom !== null && ownUntil !== null && (
        <rect
          {...span(ownFrom, ownUntil)}
          rx={1}
          className={hasFailed(row) ? 'fill-danger' : colours[row.kind]}
        />
      )}
    </>
  )
}
