'use client'

import useSWR from 'swr'
import { api } from '@/lib/paths'
import type { RecordedStep, ToolCall } from '@/lib/runs/schemas'
import * as say from '@/words/runs/step-details'
import * as shared from '@/words/shared'
import { AgentMetadata } from '../approvals/agent-metadata'
import { AgentSays } from '../approvals/details'
import type { Decide } from '../approvals/use-decision'
import { useLive } from '../frame/live'
import { Button } from '../ui/button'
import { useIsHydrated } from '../ui/clock'
import { CopyButton } from '../ui/copy-button'
import { ErrorState } from '../ui/error-state'
import { JsonBlock } from '../ui/json-block'
import { Params } from '../ui/params'
import { SkeletonRows } from '../ui/skeleton'
import { Moment } from '../ui/time'
import { ApprovalBlock } from './approval-block'
import type { TraceRow } from './trace-row'
import { TruncatedNote } from './truncated-note'

type StepDetailsProps = {
  project: string
  run: string
  row: TraceRow
  decide: Decide | null
  first?: ToolCall
}

/** All of a step, read when it is opened and again after every event while it may change. */
export function StepDetails({ project, run, row, decide, first }: StepDetailsProps) {
  const path = row.callId === null ? api.step(project, run, row.id) : api.toolCall(project, run, row.callId)
  const { data, error, mutate } = useSWR<ToolCall | RecordedStep, Error>(path, {
    fallbackData: first,
    refreshInterval: row.endedAt === null ? 60_000 : 0,
  })
  useLive((changes) => void (row.endedAt === null && changes?.length !== 0 && mutate()))
  if (!data && error) {
    return (
      <ErrorState
        title={say.stepCouldNotBeRead}
        action={<Button onClick={() => void mutate()}>{shared.tryAgain}</Button>}
      >
        {error.message}
      </ErrorState>
    )
  }
  if (!data) return <SkeletonRows rows={2} label={say.loadingTheStep} />
  return (
    <>
      {data.kind === 'tool' ? (
        <ToolCallDetails project={project} call={data} decide={decide} />
      ) : (
        <RecordedDetails step={data} />
      )}
      <TruncatedNote truncated={data.truncated} />
      <p className="flex flex-wrap items-center gap-x-3 text-xs text-muted">
        <span>{say.began(<Moment at={data.started_at} />)}</span>
        <code className="code">{row.callId ?? row.id}</code>
        <CopyLink id={row.id} />
      </p>
    </>
  )
}

/** The address of the page with this step open. */
function CopyLink({ id }: { id: string }) {
  if (!useIsHydrated()) return null
  const { origin, pathname } = location
  return <CopyButton text={`${origin}${pathname}#${id}`} label={say.copyLink} />
}

function ToolCallDetails({
  project,
  call,
  decide,
}: {
  project: string
  call: ToolCall
  decide: Decide | null
}) {
  return (
    <>
      <Params params={call.params} digest={call.approval?.digest} />
      {call.metadata && <AgentMetadata metadata={call.metadata} />}
      {call.approval ? (
        <>
          {call.approval.description && <AgentSays text={call.approval.description} />}
          {call.approval.context && (
            <JsonBlock label={say.contextSent} value={call.approval.context} isFolded />
          )}
          <ApprovalBlock project={project} approval={call.approval} decide={decide} />
        </>
      ) : (
        <p className="text-sm text-muted">{say.noRuleAsked}</p>
      )}
      {call.output !== null && <JsonBlock label={say.result} value={call.output} isRecorded />}
      {call.error !== null && <JsonBlock label={say.error} value={call.error} tone="danger" isRecorded />}
    </>
  )
}

function RecordedDetails({ step }: { step: RecordedStep }) {
  if (step.input === null && step.output === null) {
    return <p className="text-sm text-muted">{say.neitherInputNorOutput}</p>
  }
  return (
    <>
      {step.input !== null && <JsonBlock label={say.input} value={step.input} isRecorded />}
      {step.output !== null && <JsonBlock label={say.output} value={step.output} isRecorded />}
    </>
  )
}
