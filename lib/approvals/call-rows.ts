import type { ApprovalRecord } from '@/db/queries/approvals'
import type { More } from '@/db/queries/voting'
import type { approvals } from '@/db/schema/approvals'
import type { runs, toolCalls } from '@/db/schema/runs'
import type { DeployedPolicy } from '@/lib/agents/policy'
import type { Context } from '@/lib/context'
import { newId } from '@/lib/ids'
import { readJson } from '@/lib/json/read'
import { writeJson } from '@/lib/json/write'
import { gate, mergeContext, type AskResult, type GateResult } from '@/lib/policy/gate'
import type { Ask } from './ask'
import { undecided } from './resolution'
import { poolNames } from '@/lib/policy/people'
import { termsText } from '@/lib/policy/terms-text'
import { retryHash } from './retry-hash'
import { nextStep } from './steps'

type RunRow = typeof runs.$inferSelect
export type CallRow = typeof toolCalls.$inferSelect
export type ApprovalRow = typeof approvals.$inferSelect

/** What the policy says of a call in this run at this moment. */
export function judge(policy: DeployedPolicy, run: RunRow, input: Ask, now: Date): GateResult {
  const runContext = run.context === null ? {} : (readJson(run.context) as Record<string, unknown>)
  const context = mergeContext(runContext, input.context ?? {}, {
    run_id: run.id,
    agent_name: run.agentName,
    timestamp: now.toISOString(),
  })
  return gate(policy.compiled, { tool: input.tool, params: input.params, context })
}

/** The row of a call that is asked for now. */
export function newCall(
  ctx: Context,
  run: RunRow,
  input: Ask,
  digest: string,
  required: boolean,
  policy: DeployedPolicy,
  now: Date,
): CallRow {
  const id = newId('step')
  return {
    id,
    projectId: ctx.project.id,
    runId: run.id,
    agentId: run.agentId,
    toolCallId: input.tool_call_id ?? id,
    askKey: null,
    tool: input.tool,
    params: input.source.params,
    paramsSchema: required && input.params_schema !== undefined ? writeJson(input.params_schema) : null,
    digest,
    context: input.source.context ?? null,
    description: input.description ?? null,
    metadata: input.metadata === undefined ? null : JSON.stringify(input.metadata),
    turnId: input.turnId ?? null,
    startHash: required ? null : retryHash(id, input.start_id),
    required,
    policyVersion: policy.version,
    startedAt: now,
    resultStatus: null,
    output: null,
    error: null,
    truncatedBytes: null,
    resultDigest: null,
    endedAt: null,
    facts: null,
  }
}

/** The row of the approval that holds a call. */
export function newApproval(
  ctx: Context,
  run: RunRow,
  call: CallRow,
  judged: AskResult,
  now: Date,
  supersedes?: string,
): ApprovalRow {
  const requestedAt = now
  const { terms } = judged
  const expiresAt = new Date(now.getTime() + judged.timeoutSeconds * 1000)
  return {
    id: newId('approval'),
    projectId: ctx.project.id,
    runId: run.id,
    callId: call.id,
    agentId: run.agentId,
    agentName: run.agentName,
    tool: call.tool,
    status: 'pending',
    message: judged.message,
    ruleTool: judged.rule.tool,
    ruleCondition: judged.rule.condition,
    ruleOutcome: judged.rule.outcome,
    ruleDetail: judged.rule.detail,
    onRejection: judged.onRejection,
    policyVersion: call.policyVersion,
    requestedAt,
    expiresAt,
    resolvedAt: null,
    claimedAt: null,
    claimedBy: null,
    claimHash: null,
    ...plain,
    supersedes: supersedes ?? null,
    tally: null,
    terms: termsText(terms),
    pools: terms && poolNames(terms, requestedAt, now),
    nextStepAt: nextStep({ requestedAt, expiresAt, terms }, now)?.at ?? null,
  }
}

/** What a reader would find, without reading it again. */
export function requested(run: RunRow, call: CallRow, approval: ApprovalRow): ApprovalRecord {
  return {
    toolCallId: call.toolCallId,
    params: call.params,
    digest: call.digest,
    description: call.description,
    context: call.context,
    metadata: call.metadata,
    turnId: call.turnId,
    runStatus: run.status,
    runExternalId: run.externalId,
    initiator: run.initiator,
    resultStatus: call.resultStatus,
    pause: null,
    readAt: approval.requestedAt,
    // last, for each member that follows a spread costs Node 20 two microseconds
    ...approval,
    ...undecided,
    ...(approval.terms !== null && { more: { ...nothingMore, paramsSchema: call.paramsSchema } }),
  }
}

/** What of an approval that was just made nobody has added yet. */
const nothingMore: More = {
  votes: [],
  people: [],
  allowOwnRequest: false,
  assignee: null,
  supersededBy: null,
  requested: null,
  paramsSchema: null,
  tally: null,
}

/** What an approval has that no policy asks more of, and with which nobody has done anything. */
const plain = {
  kind: 'call',
  editedParams: null,
  editedDigest: null,
  assigneeId: null,
  risk: null,
  grantId: null,
  batchId: null,
  action: 'ask',
  extendedSeconds: 0,
  commentCount: 0,
} as const satisfies Partial<ApprovalRow>

/** The row of a run as a statement takes it, with what it was when it was seen. */
export function runValues(run: RunRow, seen: RunRow) {
  return {
    project_id: run.projectId,
    run_id: run.id,
    agent_id: run.agentId,
    agent_name: run.agentName,
    version: run.policyVersion,
    run_status: run.status,
    run_pending: run.pendingCount,
    seen_status: seen.status,
    seen_pending: seen.pendingCount,
  }
}

/** The row of a call as a statement takes it. */
export function callValues(call: CallRow) {
  return {
    call_id: call.id,
    tool_call_id: call.toolCallId,
    ask_key: call.askKey,
    tool: call.tool,
    params: call.params,
    params_schema: call.paramsSchema,
    digest: call.digest,
    context: call.context,
    description: call.description,
    metadata: call.metadata,
    turn_id: call.turnId,
    start_hash: call.startHash,
    call_version: call.policyVersion,
    now: call.startedAt.toISOString(),
  }
}

/** The row of an approval as a statement takes it. */
export function approvalValues(approval: ApprovalRow) {
  return {
    approval_id: approval.id,
    message: approval.message,
    rule_tool: approval.ruleTool,
    rule_condition: approval.ruleCondition,
    rule_outcome: approval.ruleOutcome,
    rule_detail: approval.ruleDetail,
    on_rejection: approval.onRejection,
    expires_at: approval.expiresAt.toISOString(),
    next_step_at: approval.nextStepAt?.toISOString() ?? null,
    terms: approval.terms,
    pools: approval.pools,
    supersedes: approval.supersedes,
  }
}
