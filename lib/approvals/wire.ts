import { startCharacters, type ApprovalRecord, type ListedRecord } from '@/db/queries/approvals'
import { pick, type Fields } from '@/lib/fields'
import { readJson } from '@/lib/json/read'
import { approvalUrl, type LinkBase } from '@/lib/paths'
import { editableToWire, editedToWire, editWords } from './edited'
import type { Approval, Decision, Denied, Edited, ListedApproval, Metadata, Next } from './schemas'
import { grantMinutes, grantMs } from './transition'
import { readTerms } from '@/lib/policy/terms-text'
import { votingToWire } from './voting'

/**
 * Whether the deadline has passed by the record's own clock and what comes of it is not written yet: an expiry, or a
 * decision that was in time and whose commit is on its way. Until then nobody knows, and it reads `pending`.
 */
export function isDue(record: Pick<ApprovalRecord, 'status' | 'expiresAt' | 'readAt'>): boolean {
  return record.status === 'pending' && record.readAt >= record.expiresAt
}

/** An approval as everybody outside sees it. */
export function approvalToWire(record: ApprovalRecord, base: LinkBase): Approval {
  const { status, resolvedAt } = record
  const decision = decisionToWire(record)
  const { waiting, ...voting } = votingToWire(record)
  const edited = editedToWire(record)
  const denied = readTerms(record.terms)?.denied ?? null
  return {
    required: true,
    id: record.id,
    status,
    run_id: record.runId,
    tool_call_id: record.toolCallId,
    agent: record.agentName,
    tool: record.tool,
    params: readJson(record.params) as Record<string, unknown>,
    digest: record.digest,
    message: record.message,
    description: record.description,
    context: record.context === null ? null : (readJson(record.context) as Record<string, unknown>),
    metadata: metadataToWire(record.metadata),
    turn_id: record.turnId,
    rule: {
      tool: record.ruleTool,
      condition: record.ruleCondition,
      outcome: record.ruleOutcome,
      detail: record.ruleDetail,
    },
    on_rejection: record.onRejection,
    policy_version: record.policyVersion,
    requested_at: record.requestedAt.toISOString(),
    expires_at: record.expiresAt.toISOString(),
    decided_at: decision?.at ?? null,
    decision,
    wait_ms: resolvedAt === null ? null : resolvedAt.getTime() - record.requestedAt.getTime(),
    claimed_at: record.claimedAt?.toISOString() ?? null,
    denied,
    edited,
    editable: editableToWire(record),
    ...voting,
    assignee: record.more?.assignee ?? null,
    comments: record.commentCount,
    supersedes: record.supersedes,
    superseded_by: record.more?.supersededBy ?? null,
    next: nextFor(record, waiting, edited, denied),
    url: approvalUrl(base, record.id),
  }
}

/** Of a call where it comes from, in the agent's words, as it was kept. */
export function metadataToWire(text: string | null): Metadata | null {
  return text === null ? null : (JSON.parse(text) as Metadata)
}

/**
 * An approval of a list.
 * @param fields members to give; without, all but `params_start`
 */
export function listedToWire<K extends keyof ListedApproval>(
  record: ListedRecord,
  base: LinkBase,
  fields: Fields<K>,
): Pick<ListedApproval, K> {
  const isRead = fields === undefined || (fields as ReadonlySet<string>).has('params')
  const text = record.params ?? ''
  const approval: ListedApproval = approvalToWire({ ...record, params: isRead ? text : '{}' }, base)
  if (fields === undefined) return approval
  const start = [...text.slice(0, 2 * startCharacters)].slice(0, startCharacters).join('')
  const more = { params_start: { text: start, bytes: record.paramsBytes }, run_status: record.runStatus }
  return pick({ ...approval, ...more }, fields)
}

function decisionToWire(record: ApprovalRecord): Decision | null {
  if (record.decision === null || record.reviewerId === null || record.reviewerEmail === null) return null
  if (record.via === null || record.resolvedAt === null) return null
  return {
    decision: record.decision,
    reason: record.reason,
    reviewer: { id: record.reviewerId, name: record.reviewerName, email: record.reviewerEmail },
    via: record.via,
    at: record.resolvedAt.toISOString(),
    ...(record.isOverride && { override: { reason: record.reason ?? '' } }),
  }
}

const finished = new Set(['completed', 'failed', 'cancelled'])

/** What the agent should do now, in one word and one sentence. */
function nextFor(
  record: ApprovalRecord,
  waiting: string | null,
  edited: Edited | null,
  denied: Denied | null,
): Next {
  const { tool } = record
  const isOver = finished.has(record.runStatus)
  switch (record.status) {
    case 'pending':
      // Its run is about to be ended.
      if (isArchived(record)) return nextWhenArchived(tool)
      if (isDue(record)) return { action: 'wait', message: settlingWords(tool) }
      if (waiting !== null) return { action: 'wait', message: `${waiting} Do not run ${tool}.` }
      return { action: 'wait', message: `Waiting for a person to decide on ${tool}. Do not run it.` }
    case 'approved':
      return nextWhenApproved(record, isOver, edited)
    case 'rejected':
      if (denied) return afterRefusal(record, repeatWords(tool, denied))
      if (record.decision === 'request_changes') return { action: 'continue', message: changesWords(record) }
      return afterRefusal(record, rejectionWords(record))
    case 'expired':
      return afterRefusal(record, expiryWords(tool))
    case 'cancelled':
      if (isArchived(record)) return nextWhenArchived(tool)
      return isOver
        ? { action: 'stop', message: `The request to run ${tool} was withdrawn and its run has ended.` }
        : {
            action: 'ask_again',
            message: `The request to run ${tool} was withdrawn; ask again with a new tool_call_id.`,
          }
  }
}

const isArchived = ({ pause }: ApprovalRecord) => pause?.of === 'archive'

function nextWhenArchived(tool: string): Next {
  return { action: 'stop', message: `The project was archived, so nobody decides on ${tool}.` }
}

function settlingWords(tool: string): string {
  return `The deadline for ${tool} has passed and what became of it is being settled. Do not run it; read it again.`
}

function nextWhenApproved(record: ApprovalRecord, isOver: boolean, edited: Edited | null): Next {
  const { tool } = record
  const before = edited === null ? '' : `${editedWords(record, edited)} `
  if (record.claimedAt !== null) {
    return record.resultStatus === null
      ? {
          action: 'done',
          message: `${before}${tool} was claimed; nobody knows whether it ran, for no result is recorded.`,
        }
      : {
          action: 'done',
          message: `${before}${tool} ran and its result is recorded (${record.resultStatus}).`,
        }
  }
  if (isArchived(record))
    return { action: 'stop', message: `${tool} was approved, but the project was archived; do not run it.` }
  if (isOver) return { action: 'stop', message: `${tool} was approved but its run has ended; do not run it.` }
  const lapsed =
    record.resolvedAt === null || record.readAt.getTime() >= record.resolvedAt.getTime() + grantMs
  if (lapsed)
    return {
      action: 'ask_again',
      message: `The approval of ${tool} was not used within ${grantMinutes} minutes; ask again with a new tool_call_id.`,
    }
  return record.pause
    ? { action: 'wait', message: `${tool} is approved, but its agent is paused. Do not run it; wait.` }
    : { action: 'execute', message: runWords(record, edited, false) }
}

/** What an agent is told that may run an approved call. */
export function runWords(record: ApprovalRecord, edited: Edited | null, isClaimed: boolean): string {
  const { tool } = record
  if (edited)
    return `${editedWords(record, edited)} Run ${tool} with exactly the params of this answer. Do not send the original call again.${becauseWords(edited)}`
  const words = `${tool} is approved for exactly these params`
  return isClaimed
    ? `${words} and claimed by this ask. Run it once.`
    : `${words}. Claim it, then run it once.`
}

/** Who changed what, and whether it was they who approved it so. */
function editedWords({ reviewerId }: ApprovalRecord, edited: Edited): string {
  const words = editWords(edited)
  return edited.by.id === reviewerId ? `${words} and approved.` : `${words}; it was approved so.`
}

function becauseWords({ reason }: Edited): string {
  const words = reason?.trim()
  return words ? ` Reason: ${words}` : ''
}

function afterRefusal(record: ApprovalRecord, words: string): Next {
  return record.onRejection === 'continue'
    ? { action: 'continue', message: `${words} Do not retry it; go on without it.` }
    : { action: 'stop', message: words }
}

/** How a rejection reads to an agent and in its run. */
export function rejectionWords(
  record: Pick<ApprovalRecord, 'tool' | 'reason' | 'reviewerName' | 'reviewerEmail'>,
): string {
  const who = record.reviewerName ?? record.reviewerEmail ?? 'a reviewer'
  return `${record.tool} was rejected by ${who}${saying(record.reason)}`
}

/** A reason at a sentence's end. */
function saying(text: string | null): string {
  const reason = text?.trim()
  if (!reason) return '.'
  return `: ${reason}${/[.!?…。]$/u.test(reason) ? '' : '.'}`
}

/** How a request for changes reads to an agent: it may ask again in its place. */
function changesWords(record: ApprovalRecord): string {
  const who = record.reviewerName ?? record.reviewerEmail ?? 'A reviewer'
  return `${who} asks for changes to ${record.tool}${saying(record.reason)} Do not run it; ask again with supersedes: ${record.id}.`
}

/** How a refusal reads for which nobody was asked. */
function repeatWords(tool: string, { of }: Denied): string {
  return `${tool} was refused and nobody was asked: a person rejected the same call in this run (${of}).`
}

/** How an expiry reads: never like a refusal by a person. */
export function expiryWords(tool: string): string {
  return `${tool} was not run: nobody decided before the deadline, so the request expired.`
}
