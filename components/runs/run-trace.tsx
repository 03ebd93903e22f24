'use client'

import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { api } from '@/lib/paths'
import type { RunWithSteps, ToolCall } from '@/lib/runs/schemas'
import * as say from '@/words/runs/run-trace'
import type { Decide } from '../approvals/use-decision'
import { useLive } from '../frame/live'
import { useNow } from '../ui/clock'
import { Notice } from '../ui/notice'
import { LoadMore } from '../ui/paged-list'
import { uniqueById, usePages } from '../ui/use-pages'
import { OverviewStrip } from './overview-strip'
import { RunHead, type HeadRun } from './run-head'
import { RunTexts } from './run-texts'
import { StepDetails } from './step-details'
import { TraceFilters } from './trace-filters'
import { TraceLine } from './trace-line'
import { TraceLines, type GoTo } from './trace-lines'
import {
  extentOf,
  filterRows,
  opensAt,
  traceFields,
  traceOf,
  waitedMs,
  type Trace,
  type TraceFilter,
} from './trace-row'
import { useTraceNews } from './trace-news'

/** Recorded steps make no event of their own: a run that goes on is read again this often, a long one less often. */
const goingOnMs = 5000
const longMs = 15_000
const longFrom = 300
/** How often what goes on is drawn anew. */
const drawMs = 5000

type RunTraceProps = {
  project: string
  head: HeadRun
  initial: Trace
  /** The call that it opens with, whole. */
  first: ToolCall | null
  /** Null for whoever may only read. */
  decide: Decide | null
  isInDrawer?: boolean
}

/** A run: what it is about, its time to scale, and each step on a line; it opens where a person is asked for. */
export function RunTrace({ project, head, initial, first, decide, isInDrawer = false }: RunTraceProps) {
  const trace = useTrace(project, initial)
  const [filter, setFilter] = useState<TraceFilter>('all')
  const [text, setText] = useState('')
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(first ? [first.id] : []))
  const goTo = useRef<GoTo>(null)
  const now = Math.ceil(useNow() / drawMs) * drawMs
  const { rows } = trace.run
  const axis = useMemo(() => extentOf(trace.run, now), [trace.run, now])
  const shown = useMemo(() => filterRows(rows, filter, text), [rows, filter, text])
  const toggle = useCallback((id: string) => setOpen((before) => toggled(before, id)), [])
  const news = useTraceNews(trace.run)
  const Heading = isInDrawer ? 'h3' : 'h2'

  const openStep = useCallback((id: string) => setOpen((before) => new Set([...before, id])), [])
  useOpening(rows, goTo, openStep)

  function jump(at: number) {
    const index = shown.findLastIndex(({ startedAt }) => startedAt <= at)
    goTo.current?.(Math.max(0, index), { isFocused: true })
  }

  return (
    <div className="space-y-5">
      <RunHead
        project={project}
        head={head}
        trace={trace.run}
        totalMs={axis.until - axis.from}
        waitedMs={waitedMs(rows, now)}
      />
      <output className="sr-only">{news}</output>
      <Behind error={trace.error} />
      <RunTexts project={project} run={initial.id} isOpenFirst={initial.status === 'failed'} />
      <section aria-label={say.trace} className="space-y-2.5">
        <Heading className="sr-only">{say.trace}</Heading>
        {rows.length === 0 ? (
          <p className="text-sm text-muted">{say.noStepYet}</p>
        ) : (
          <>
            <OverviewStrip rows={rows} axis={axis} now={now} onJump={jump} />
            <TraceFilters rows={rows} filter={filter} text={text} onFilter={setFilter} onText={setText} />
            {shown.length === 0 && <p className="text-sm text-muted">{say.noStepLikeThat}</p>}
            <TraceLines rows={shown} goTo={goTo}>
              {(row) => (
                <TraceLine row={row} axis={axis} now={now} isOpen={open.has(row.id)} onToggle={toggle}>
                  {open.has(row.id) && (
                    <StepDetails
                      project={project}
                      run={initial.id}
                      row={row}
                      decide={decide}
                      {...(first?.id === row.id && { first })}
                    />
                  )}
                </TraceLine>
              )}
            </TraceLines>
          </>
        )}
        <LoadMore list={trace}>{say.loadMore}</LoadMore>
      </section>
    </div>
  )
}

function toggled(open: ReadonlySet<string>, id: string): ReadonlySet<string> {
  return open.has(id) ? new Set([...open].filter((one) => one !== id)) : new Set([...open, id])
}

/** The trace as it was rendered, then as it goes on. */
function useTrace(project: string, initial: Trace) {
  const list = usePages<Trace | RunWithSteps>(
    api.run(project, initial.id, { fields: traceFields.join() }),
    initial,
    ([read]) => {
      if (read?.finished_at) return 0
      return initial.rows.length > longFrom ? longMs : goingOnMs
    },
  )
  const run = useMemo(() => {
    const pages = list.pages.map((page) => ('rows' in page ? page : traceOf(page)))
    const rows = uniqueById(pages.flatMap((page) => page.rows))
    return { ...(pages[0] ?? initial), rows }
  }, [initial, list.pages])
  return { ...list, run }
}

/** Goes to where the trace opens, once, and to the step of each address that is gone to. */
function useOpening(
  rows: Trace['rows'],
  goTo: { current: GoTo | null },
  openStep: (id: string) => void,
): void {
  const latest = useRef(rows)
  useEffect(() => {
    latest.current = rows
  })
  useEffect(() => {
    let frame = 0
    function go() {
      const row = opensAt(latest.current, stepInAddress())
      if (!row) return
      openStep(row.id)
      // once the lines are drawn, whose code may still be on its way
      const whenDrawn = () => {
        // read anew meanwhile, it is another object
        if (goTo.current) goTo.current(latest.current.findIndex(({ id }) => id === row.id))
        else frame = requestAnimationFrame(whenDrawn)
      }
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(whenDrawn)
    }
    go()
    window.addEventListener('hashchange', go)
    return () => {
      cancelAnimationFrame(frame)
      window.removeEventListener('hashchange', go)
    }
  }, [goTo, openStep])
}

/** The step that the address names behind its `#`. */
function stepInAddress(): string {
  try {
    return decodeURIComponent(location.hash.slice(1))
  } catch {
    return ''
  }
}

function Behind({ error }: { error: Error | undefined }) {
  const { isBehind } = useLive()
  if (!error && !isBehind) return null
  return <Notice tone="warn">{error ? say.mayBeBehind(error.message) : say.reconnecting}</Notice>
}
