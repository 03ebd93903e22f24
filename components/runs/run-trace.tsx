'use client'

import useSWRInfinite from 'swr/infinite'
import type { RunWithSteps } from '@/lib/runs/schemas'
import { fetchJson } from '../frame/fetch-json'
import { useLive } from '../frame/live'
import { Button } from '../ui/button'
import { Notice } from '../ui/page-header'
import { JsonBlock } from '../ui/json-block'
import { RunFacts } from './run-facts'
import { StepItem } from './step-item'
import { ToolCallItem } from './tool-call-item'
import { TruncatedNote } from './truncated-note'

/** Recorded steps make no event of their own: a run that goes on is read again this often. */
const goingOnMs = 5000

type RunTraceProps = {
  project: string
  initial: RunWithSteps
  canDecide: boolean
  isInDrawer?: boolean
}

/** A run: what it was given, each tool call and step in time order, and how it ended. */
export function RunTrace({ project, initial, canDecide, isInDrawer = false }: RunTraceProps) {
  const { run, steps, hasMore, isLoadingMore, loadMore, error, mutate } = useTrace(project, initial)
  const { isBehind } = useLive(() => void mutate())
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
                <ToolCallItem key={step.id} project={project} run={run} call={step} canDecide={canDecide} />
              ) : (
                <StepItem key={step.id} run={run} step={step} />
              ),
            )}
          </ol>
        )}
        {hasMore && (
          <Button variant="ghost" isBusy={isLoadingMore} onClick={loadMore} className="mt-2">
            {isLoadingMore ? 'Loading…' : 'Load the steps after these'}
          </Button>
        )}
      </section>
      {run.output !== null && <JsonBlock label="Output" value={run.output} isRecorded />}
      {run.error !== null && <JsonBlock label="Error" value={run.error} tone="danger" isRecorded />}
      <TruncatedNote truncated={run.truncated} />
    </div>
  )
}

/** A run as it goes on, its trace a page at a time. */
function useTrace(project: string, initial: RunWithSteps) {
  const base = `/api/runs/${initial.id}?project=${encodeURIComponent(project)}`
  const keyOf = (_: number, before: RunWithSteps | null) => {
    if (before === null) return base
    return before.next_cursor === null ? null : `${base}&cursor=${encodeURIComponent(before.next_cursor)}`
  }
  const { data, error, size, setSize, mutate } = useSWRInfinite<RunWithSteps, Error>(keyOf, fetchJson, {
    fallbackData: [initial],
    revalidateAll: true,
    refreshInterval: (pages) => (pages?.[0]?.finished_at ? 0 : goingOnMs),
  })
  const pages = data ?? [initial]
  const steps = new Map(pages.flatMap((page) => page.steps).map((step) => [step.id, step]))
  return {
    run: pages[0] ?? initial,
    steps: [...steps.values()],
    hasMore: pages.at(-1)?.next_cursor != null,
    isLoadingMore: size > pages.length,
    loadMore: () => void setSize(size + 1),
    error,
    mutate,
  }
}

function stepWords(count: number): string {
  return count === 1 ? '1 step' : `${count} steps`
}
