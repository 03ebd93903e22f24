'use client'

import { api } from '@/lib/paths'
import type { RunWithSteps } from '@/lib/runs/schemas'
import type { Decide } from '../approvals/use-decision'
import { useLive } from '../frame/live'
import { JsonBlock } from '../ui/json-block'
import { Notice } from '../ui/page-header'
import { LoadMore } from '../ui/paged-list'
import { uniqueById, usePages } from '../ui/use-pages'
import { RunFacts } from './run-facts'
import { StepItem } from './step-item'
import { ToolCallItem } from './tool-call-item'
import { TruncatedNote } from './truncated-note'

/** Recorded steps make no event of their own: a run that goes on is read again this often. */
const goingOnMs = 5000

type RunTraceProps = {
  project: string
  initial: RunWithSteps
  /** Null for whoever may only read. */
  decide: Decide | null
  isInDrawer?: boolean
}

/** A run: what it was given, each tool call and step in time order, and how it ended. */
export function RunTrace({ project, initial, decide, isInDrawer = false }: RunTraceProps) {
  const trace = usePages(api.run(project, initial.id), initial, ([first]) =>
    first?.finished_at ? 0 : goingOnMs,
  )
  const { error, hasMore } = trace
  const run = trace.pages[0] ?? initial
  const steps = uniqueById(trace.pages.flatMap((page) => page.steps))
  const { isBehind } = useLive()
  const Heading = isInDrawer ? 'h3' : 'h2'

  return (
    <div className="space-y-6">
      <RunFacts project={project} run={run} />
      {(error ?? isBehind) && (
        <Notice tone="warn">
          {error
            ? `${error.message} What is shown may be behind.`
            : 'Reconnecting… What is shown may be behind.'}
        </Notice>
      )}
      {run.input && <JsonBlock label="Input" value={run.input} />}
      {run.context && Object.keys(run.context).length > 0 && (
        <JsonBlock label="Context" value={run.context} isFolded />
      )}
      <section aria-label="Trace">
        <Heading className="mb-3 text-base font-semibold">
          Trace{' '}
          <span className="font-normal text-muted">
            {hasMore ? `its first ${stepWords(steps.length)}` : stepWords(steps.length)}
          </span>
        </Heading>
        {steps.length === 0 ? (
          <p className="text-sm text-muted">The agent has asked for no tool call and recorded no step yet.</p>
        ) : (
          <ol className="relative">
            {steps.map((step) =>
              step.kind === 'tool' ? (
                <ToolCallItem key={step.id} project={project} run={run} call={step} decide={decide} />
              ) : (
                <StepItem key={step.id} run={run} step={step} />
              ),
            )}
          </ol>
        )}
        <LoadMore list={trace}>Load the steps after these</LoadMore>
      </section>
      {run.output !== null && <JsonBlock label="Output" value={run.output} isRecorded />}
      {run.error !== null && <JsonBlock label="Error" value={run.error} tone="danger" isRecorded />}
      <TruncatedNote truncated={run.truncated} />
    </div>
  )
}

function stepWords(count: number): string {
  return count === 1 ? '1 step' : `${count} steps`
}
