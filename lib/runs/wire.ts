import type { ApprovalRecord } from '@/db/queries/approvals'
import type { ListedRunRecord } from '@/db/queries/runs'
import type { StepRecord, ToolCallRecord, TraceStep } from '@/db/queries/trace'
import type { CallState } from '@/lib/approvals/schemas'
import { approvalToWire, metadataToWire } from '@/lib/approvals/wire'
import { readJson } from '@/lib/json/read'
import type { LinkBase } from '@/lib/paths'
import type { RecordedStep, Run, ToolCall } from './schemas'

/** Reads back JSON text that was kept as it came; null stays null. */
function fromText(text: string | null): unknown {
  return text === null ? null : readJson(text)
}

/** Says where what only records is kept cut. */
function truncated({ truncatedBytes: bytes }: { truncatedBytes: number | null }) {
  return bytes === null ? {} : { truncated: { bytes } }
}

/** A run as everybody outside sees it. */
export function runToWire(record: ListedRunRecord): Run {
  return {
    id: record.id,
    external_id: record.externalId,
    agent: record.agentName,
    policy_version: record.policyVersion,
    status: record.status,
    input: fromText(record.input) as Record<string, unknown> | null,
    context: fromText(record.context) as Record<string, unknown> | null,
    output: fromText(record.output),
    error: fromText(record.error),
    ...truncated(record),
    ...(record.brief && { brief: record.brief }),
    initiator: record.initiator,
    parent_run_id: record.parentRunId,
    started_at: record.startedAt.toISOString(),
    finished_at: record.finishedAt?.toISOString() ?? null,
  }
}

type Result = Pick<ToolCallRecord, 'resultStatus' | 'output' | 'error' | 'truncatedBytes'>
type Released = Result & { approval: Pick<ApprovalRecord, 'status' | 'claimedAt'> | null }

/** Where a tool call is, and what it came to where that is recorded. */
export function callStateToWire(call: Released): CallState {
  return {
    status: toolCallStatus(call),
    output: fromText(call.output),
    error: fromText(call.error),
    ...truncated(call),
  }
}

function toolCallStatus(call: Released): ToolCall['status'] {
  if (call.resultStatus !== null) return call.resultStatus
  if (call.approval === null) return 'running'
  const { status } = call.approval
  if (status === 'pending') return 'awaiting_approval'
  return status === 'approved' && call.approval.claimedAt !== null ? 'running' : status
}

export function toolCallToWire(call: ToolCallRecord, base: LinkBase): ToolCall {
  return {
    kind: 'tool',
    id: call.id,
    tool_call_id: call.toolCallId,
    tool: call.tool,
    params: readJson(call.params) as Record<string, unknown>,
    metadata: metadataToWire(call.metadata),
    approval: call.approval === null ? null : approvalToWire(call.approval, base),
    ...callStateToWire(call),
    ...(call.brief && { brief: call.brief }),
    started_at: call.startedAt.toISOString(),
    ended_at: call.endedAt?.toISOString() ?? null,
  }
}

export function stepToWire(step: StepRecord): RecordedStep {
  return {
    kind: step.kind,
    id: step.id,
    step_id: step.stepId,
    name: step.name,
    input: fromText(step.input),
    output: fromText(step.output),
    ...truncated(step),
    ...(step.brief && { brief: step.brief }),
    started_at: step.startedAt.toISOString(),
    ended_at: step.endedAt?.toISOString() ?? null,
  }
}

/** One step of a trace as everybody outside sees it. */
export function traceStepToWire(step: TraceStep, base: LinkBase): ToolCall | RecordedStep {
  return step.kind === 'tool' ? toolCallToWire(step.call, base) : stepToWire(step.step)
}
