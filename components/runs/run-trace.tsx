'use client'

import useSWR from 'swr'
import type { RunWithSteps } from '@/lib/runs/schemas'
import { fetchJson } from '../frame/fetch-json'
import { useLive } from '../frame/live'
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
  const path = `/api/runs/${initial.id}?project=${encodeURIComponent(project)}`
  const { data, error, mutate } = useSWR<RunWithSteps, Error>(path, fetchJson, {
    fallbackData: initial,
    refreshInterval: (run) => (run?.finished_at ? 0 : goingOnMs),
  })
  const run = data ?? initial
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
          Trace <span className="font-normal text-muted">{stepWords(run.steps.length)}</span>
        </Heading>
        {run.steps.length === 0 ? (
          <p className="text-sm text-muted">The agent has asked for no tool call and recorded no step yet.</p>
        ) : (
          <ol className="relative">
            {run.steps.map((step) =>
              step.kind === 'tool' ? (
                <ToolCallItem key={step.id} project={project} run={run} call={step} canDecide={canDecide} />
              ) : (
                <StepItem key={step.id} run={run} step={step} />
              ),
            )}
          </ol>
        )}
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
