'use client'

import { memo, useId, type KeyboardEvent, type ReactNode } from 'react'
import * as say from '@/words/runs/trace-line'
import { statusWord } from '../ui/badge'
import { spanWords } from '../ui/duration'
import { Icon } from '../ui/icon'
import { UntrustedText } from '../ui/untrusted-text'
import { BriefText } from './brief-text'
import { Hatch, StepBar, type Axis } from './time-axis'
import { hasFailed, type TraceRow } from './trace-row'

type TraceLineProps = {
  row: TraceRow
  axis: Axis
  now: number
  isOpen: boolean
  onToggle: (id: string) => void
  /** All of the step, where it is open. */
  children?: ReactNode
}

const kinds = { tool: say.tool, model: say.model, message: say.message, note: say.note } as const

/** A step on one line of 28 px: what it is, how what it gave begins, its time on the run's axis, how long it took. */
export const TraceLine = memo(function TraceLine(props: TraceLineProps) {
  const { row, axis, now, isOpen, onToggle, children } = props
  const hatch = useId()
  const { wait, endedAt, startedAt, status } = row
  const isHeld = status === 'awaiting_approval'
  const tone = isHeld ? 'text-warn' : hasFailed(row) ? 'text-danger' : 'text-muted'
  const ms = endedAt === null ? null : endedAt - startedAt
  return (
    <>
      <button
        type="button"
        id={row.id}
        aria-expanded={isOpen}
        onClick={() => onToggle(row.id)}
        onKeyDown={moveFocus}
        className="grid h-7 w-full scroll-mt-36 grid-cols-[1rem_minmax(0,1fr)_auto] items-center gap-x-2 px-2 text-left text-sm -outline-offset-2 hover:bg-hover
          aria-expanded:bg-sunken sm:grid-cols-[1rem_minmax(0,13rem)_minmax(0,1fr)_30%_4.5rem]"
      >
        <Icon name={row.kind} className={`size-3.5! ${tone}`} />
        <span className={`min-w-0 truncate ${row.kind === 'tool' ? 'code font-medium' : ''}`}>
          <span className="sr-only">{kinds[row.kind]} </span>
          <UntrustedText text={row.name} singleLine isBrief maxCharacters={80} />
        </span>
        <span className="hidden min-w-0 items-baseline gap-2 sm:flex">
          <span className="code min-w-0 flex-1 truncate text-xs text-muted">
            <BriefText json={row.brief} isRecorded={row.isRecorded} />
          </span>
          {wait ? (
            <span
              className={`max-w-56 shrink-0 truncate text-xs ${isHeld ? 'font-medium text-warn' : 'text-muted'}`}
            >
              {(isHeld ? say.heldFor : say.waitedFor)(spanWords((wait.until ?? now) - wait.from))}
              {!isHeld && (
                <>
                  {' · '}
                  <UntrustedText text={wait.words} singleLine isBrief maxCharacters={80} />
                </>
              )}
            </span>
          ) : (
            hasFailed(row) && <span className="text-xs text-danger">{statusWord(status!)}</span>
          )}
        </span>
        <svg aria-hidden="true" width="100%" height={14} className="hidden sm:block">
          {wait && <Hatch id={hatch} />}
          <StepBar row={row} axis={axis} now={now} y={2} height={10} hatch={hatch} />
        </svg>
        <span className={`justify-self-end text-xs whitespace-nowrap ${isHeld ? 'text-warn' : 'text-muted'}`}>
          {ms !== null ? spanWords(ms) : isHeld ? say.held : status === 'running' ? say.running : ''}
        </span>
        {status && <span className="sr-only">, {statusWord(status)}</span>}
      </button>
      {isOpen && (
        <div className="space-y-2.5 border-y border-line bg-canvas px-3 py-3 sm:pl-8">{children}</div>
      )}
    </>
  )
})

/** The arrow keys go from line to line. */
function moveFocus(event: KeyboardEvent<HTMLButtonElement>): void {
  const way = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' } as const
  const next = way[event.key as keyof typeof way]
  const line = next && event.currentTarget.closest('li')?.[next]?.querySelector('button')
  if (!line) return
  event.preventDefault()
  line.focus()
}
