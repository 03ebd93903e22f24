'use client'

import { useId } from 'react'
import type { Run, ToolCall } from '@/lib/runs/schemas'
import { AgentMetadata, AgentSays } from '../approvals/details'
import type { Decide } from '../approvals/use-decision'
import { StatusBadge } from '../ui/badge'
import { JsonBlock } from '../ui/json-block'
import { Params } from '../ui/params'
import { ApprovalBlock } from './approval-block'
import { TraceItem } from './trace-item'
import { TruncatedNote } from './truncated-note'

type ToolCallItemProps = { project: string; run: Run; call: ToolCall; decide: Decide | null }

const tones = {
  running: 'neutral',
  awaiting_approval: 'warn',
  approved: 'ok',
  rejected: 'danger',
  expired: 'neutral',
  cancelled: 'neutral',
  succeeded: 'ok',
  failed: 'danger',
} as const

/** A tool call with its params, the approval that gated it, and its result. */
export function ToolCallItem({ project, run, call, decide }: ToolCallItemProps) {
  const id = useId()
  return (
    <TraceItem
      icon="tool"
      tone={tones[call.status]}
      titleId={id}
      title={<code className="code font-semibold">{call.tool}</code>}
      badge={<StatusBadge status={call.status} />}
      runStartedAt={run.started_at}
      startedAt={call.started_at}
      endedAt={call.ended_at}
    >
      <Params params={call.params} digest={call.approval?.digest} />
      <AgentMetadata metadata={call.metadata} />
      {call.approval ? (
        <>
          {call.approval.description && <AgentSays text={call.approval.description} />}
          {call.approval.context && (
            <JsonBlock label="Context that the agent sent" value={call.approval.context} isFolded />
          )}
          <ApprovalBlock project={project} approval={call.approval} decide={decide} />
        </>
      ) : (
        <p className="text-sm text-muted">No rule of the policy asked for approval.</p>
      )}
      {call.output !== null && <JsonBlock label="Result" value={call.output} isRecorded />}
      {call.error !== null && <JsonBlock label="Error" value={call.error} tone="danger" isRecorded />}
      <TruncatedNote truncated={call.truncated} />
    </TraceItem>
  )
}
