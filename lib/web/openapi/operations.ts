import { z } from 'zod'
import { Agent, CheckInput, CheckResult } from '@/lib/agents/schemas'
import {
  Approval,
  AskInput,
  ClaimInput,
  DecideInput,
  DecideManyInput,
  ListedApproval,
  NotRequired,
} from '@/lib/approvals/schemas'
import { AuditEntry, Verification } from '@/lib/audit/schemas'
import { CreatedKey, CreateKeyInput, Key } from '@/lib/keys/schemas'
import {
  ChangeRoleInput,
  InvitedMember,
  InviteMemberInput,
  Member,
  ProjectDetails,
  UpdateProjectInput,
} from '@/lib/members/schemas'
import { MarkReadInput, Notice } from '@/lib/notices/schemas'
import {
  FinishRunInput,
  RecordedStep,
  RecordResultInput,
  RecordStepInput,
  Run,
  runFields,
  RunWithSteps,
  StartRunInput,
  ToolCall,
} from '@/lib/runs/schemas'
import {
  CreateWebhookInput,
  Delivery,
  UpdateWebhookInput,
  Webhook,
  WebhookWithSecret,
} from '@/lib/webhooks/schemas'

/** What one answer carries: a schema, a list of it, or a media type of its own. */
export type Content = z.ZodType | { listOf: z.ZodType } | { media: string } | null

export type Operation = {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  path: string
  summary: string
  /** Who may call, in words. */
  who: string
  body?: z.ZodType | { media: string }
  query?: string[]
  /** Members that `?fields=` may name, and those of them that are given anyway. */
  fields?: { names: string[]; always: string[]; of?: string }
  answers: Record<number, Content>
  /** Codes of the problem documents beside those that every call may answer. */
  codes?: string[]
  mayWait?: true
  /** Answers carry the version as `ETag`; a change may demand one. */
  versioned?: true
}

const DecideManyResult = z.object({
  results: z.array(
    z.object({
      id: z.string(),
      status: z.int(),
      approval: Approval.optional(),
      problem: z.looseObject({}).optional(),
    }),
  ),
})
const NoticeList = z.object({ items: z.array(Notice), unread: z.int(), next_cursor: z.string().nullable() })
const MarkedRead = z.object({ marked: z.int(), unread: z.int() })
const Count = z.record(z.string(), z.unknown())
const run = 'agent key with run'
const reader = 'agent key with read or run; any member'
const pages = ['limit', 'cursor']

/** Every call of the API, in the order of the published contract. */
export const operations: Operation[] = [
  {
    method: 'put',
    path: '/agents/{name}',
    summary: 'Deploy an agent file',
    who: 'agent key with deploy; admin',
    body: { media: 'application/yaml' },
    answers: { 200: Agent, 201: Agent },
    codes: ['deploys_by_people', 'invalid_policy', 'precondition_failed'],
    versioned: true,
  },
  {
    method: 'get',
    path: '/agents',
    summary: 'List agents',
    who: 'agent key with read; any member',
    query: pages,
    fields: { names: Agent.keyof().options, always: ['name'] },
    answers: { 200: { listOf: Agent } },
  },
  {
    method: 'get',
    path: '/agents/{name}',
    summary: 'Read an agent',
    who: 'agent key with read; any member',
    answers: { 200: Agent },
    versioned: true,
  },
  {
    method: 'post',
    path: '/agents/{name}/check',
    summary: 'Try a call; stores nothing',
    who: 'agent key with read; any member',
    body: CheckInput,
    answers: { 200: CheckResult },
    codes: ['invalid_tool_name', 'invalid_policy'],
  },
  {
    method: 'post',
    path: '/runs',
    summary: 'Start a run, or find it again',
    who: run,
    body: StartRunInput,
    answers: { 200: Run, 201: Run },
    codes: ['agent_not_deployed'],
  },
  {
    method: 'get',
    path: '/runs',
    summary: 'List runs',
    who: reader,
    query: [...pages, 'status', 'agent'],
    fields: { names: Run.keyof().options, always: ['id'] },
    answers: { 200: { listOf: Run } },
  },
  {
    method: 'get',
    path: '/runs/{id}',
    summary: 'Read a run with its trace',
    who: reader,
    query: ['cursor'],
    fields: {
      names: runFields,
      always: ['id', 'kind', 'next_cursor'],
      of: 'the run and of each of its steps',
    },
    answers: { 200: RunWithSteps },
  },
  {
    method: 'patch',
    path: '/runs/{id}',
    summary: 'End a run',
    who: run,
    body: FinishRunInput,
    answers: { 200: Run },
    codes: ['run_finished'],
  },
  {
    method: 'post',
    path: '/runs/{id}/steps',
    summary: 'Record a step',
    who: run,
    body: RecordStepInput,
    answers: { 201: RecordedStep },
    codes: ['run_finished'],
  },
  {
    method: 'get',
    path: '/runs/{id}/tool-calls/{call}',
    summary: 'Read a tool call',
    who: reader,
    answers: { 200: ToolCall },
  },
  {
    method: 'post',
    path: '/runs/{id}/tool-calls/{call}/result',
    summary: 'Tell the result of a tool call',
    who: run,
    body: RecordResultInput,
    answers: { 200: ToolCall },
    codes: ['result_recorded', 'not_claimed'],
  },
  {
    method: 'put',
    path: '/runs/{id}/checkpoint',
    summary: 'Keep state with a run',
    who: run,
    body: { media: '*/*' },
    answers: { 204: null },
    codes: ['run_finished'],
  },
  {
    method: 'get',
    path: '/runs/{id}/checkpoint',
    summary: 'Read the state kept with a run',
    who: run,
    answers: { 200: { media: '*/*' } },
    codes: ['no_checkpoint'],
  },
  {
    method: 'post',
    path: '/approvals',
    summary: 'May this call run?',
    who: run,
    body: AskInput,
    answers: { 200: z.union([NotRequired, Approval]), 201: Approval },
    codes: [
      'invalid_tool_name',
      'agent_not_deployed',
      'idempotency_mismatch',
      'run_finished',
      'too_many_pending',
      'too_many_waits',
    ],
    mayWait: true,
  },
  {
    method: 'get',
    path: '/approvals',
    summary: 'List approvals, pending first',
    who: reader,
    query: [...pages, 'status', 'agent', 'tool', 'run_id', 'tool_call_id', 'q'],
    fields: { names: ListedApproval.keyof().options, always: ['id'] },
    answers: { 200: { listOf: ListedApproval } },
    codes: ['too_many_searches'],
  },
  {
    method: 'get',
    path: '/approvals/{id}',
    summary: 'Read an approval',
    who: reader,
    answers: { 200: Approval },
    codes: ['too_many_waits'],
    mayWait: true,
  },
  {
    method: 'post',
    path: '/approvals/{id}/decisions',
    summary: 'Approve or reject',
    who: 'reviewer and up',
    body: DecideInput,
    answers: { 201: Approval },
    codes: [
      'agent_key_cannot_decide',
      'own_request',
      'already_decided',
      'expired',
      'cancelled',
      'digest_mismatch',
    ],
  },
  {
    method: 'post',
    path: '/approvals/decisions',
    summary: 'Decide up to 100, each for itself',
    who: 'reviewer and up',
    body: DecideManyInput,
    answers: { 200: DecideManyResult },
    codes: ['agent_key_cannot_decide'],
  },
  {
    method: 'post',
    path: '/approvals/{id}/cancel',
    summary: 'Withdraw a request',
    who: run,
    answers: { 200: Approval },
    codes: ['already_decided', 'expired'],
  },
  {
    method: 'post',
    path: '/approvals/{id}/claim',
    summary: 'Take the one use of an approval',
    who: run,
    body: ClaimInput,
    answers: { 200: Approval },
    codes: ['not_approved', 'params_mismatch', 'already_claimed', 'grant_expired', 'run_finished'],
  },
  {
    method: 'get',
    path: '/approvals/stream',
    summary: 'Hear of approvals as they change',
    who: reader,
    answers: { 200: { media: 'text/event-stream' } },
  },
  {
    method: 'get',
    path: '/audit',
    summary: 'Read the audit log, newest first',
    who: 'admin; agent key with read',
    query: [...pages, 'action', 'actor', 'target', 'since', 'until'],
    fields: { names: AuditEntry.keyof().options, always: ['id'] },
    answers: { 200: { listOf: AuditEntry } },
    codes: ['too_many_searches'],
  },
  {
    method: 'post',
    path: '/audit/export',
    summary: 'Export the audit log, which leaves an entry',
    who: 'admin',
    query: ['format'],
    answers: { 200: { media: 'application/x-ndjson' } },
  },
  {
    method: 'get',
    path: '/audit/verify',
    summary: 'Check the chain of the audit log, approvals against it, and a published head (SEQ:HASH)',
    query: ['head'],
    who: 'admin',
    answers: { 200: Verification },
    codes: ['too_many_searches'],
  },
  {
    method: 'get',
    path: '/project',
    summary: 'Read the project',
    who: 'any member',
    answers: { 200: ProjectDetails },
  },
  {
    method: 'patch',
    path: '/project',
    summary: 'Change the project',
    who: 'admin',
    body: UpdateProjectInput,
    answers: { 200: ProjectDetails },
  },
  {
    method: 'get',
    path: '/members',
    summary: 'List members',
    who: 'any member',
    query: pages,
    answers: { 200: { listOf: Member } },
  },
  {
    method: 'post',
    path: '/members',
    summary: 'Invite a member',
    who: 'owner',
    body: InviteMemberInput,
    answers: { 201: InvitedMember },
    codes: ['conflict'],
  },
  {
    method: 'patch',
    path: '/members/{id}',
    summary: "Change a member's role",
    who: 'owner',
    body: ChangeRoleInput,
    answers: { 200: Member },
    codes: ['conflict'],
  },
  {
    method: 'delete',
    path: '/members/{id}',
    summary: 'Remove a member',
    who: 'owner',
    answers: { 204: null },
    codes: ['conflict'],
  },
  {
    method: 'get',
    path: '/keys',
    summary: 'List keys',
    who: 'any member',
    query: pages,
    answers: { 200: { listOf: Key } },
  },
  {
    method: 'post',
    path: '/keys',
    summary: 'Make an agent key or a personal token',
    who: 'admin; each member their own token',
    body: CreateKeyInput,
    answers: { 201: CreatedKey },
  },
  {
    method: 'delete',
    path: '/keys/{id}',
    summary: 'Revoke a key',
    who: 'admin; each member their own token',
    answers: { 204: null },
  },
  {
    method: 'get',
    path: '/notices',
    summary: 'Read what one was told, newest first',
    who: 'any member',
    query: pages,
    answers: { 200: NoticeList },
  },
  {
    method: 'post',
    path: '/notices/read',
    summary: 'Mark notices as read',
    who: 'any member',
    body: MarkReadInput,
    answers: { 200: MarkedRead },
  },
  {
    method: 'get',
    path: '/webhooks',
    summary: 'List webhooks',
    who: 'admin',
    query: pages,
    answers: { 200: { listOf: Webhook } },
  },
  {
    method: 'post',
    path: '/webhooks',
    summary: 'Add a webhook',
    who: 'admin',
    body: CreateWebhookInput,
    answers: { 201: WebhookWithSecret },
  },
  {
    method: 'get',
    path: '/webhooks/{id}',
    summary: 'Read a webhook',
    who: 'admin',
    answers: { 200: Webhook },
  },
  {
    method: 'patch',
    path: '/webhooks/{id}',
    summary: 'Change a webhook',
    who: 'admin',
    body: UpdateWebhookInput,
    answers: { 200: Webhook },
  },
  {
    method: 'delete',
    path: '/webhooks/{id}',
    summary: 'Delete a webhook',
    who: 'admin',
    answers: { 204: null },
  },
  {
    method: 'post',
    path: '/webhooks/{id}/test',
    summary: 'Send a test',
    who: 'admin',
    answers: { 202: Delivery },
  },
  {
    method: 'post',
    path: '/webhooks/{id}/rotate',
    summary: 'Make a new secret; both sign for 24 h',
    who: 'admin',
    answers: { 200: WebhookWithSecret },
  },
  {
    method: 'get',
    path: '/webhooks/{id}/deliveries',
    summary: 'List deliveries with their attempts',
    who: 'admin',
    query: pages,
    fields: { names: Delivery.keyof().options, always: ['id'] },
    answers: { 200: { listOf: Delivery } },
  },
  {
    method: 'post',
    path: '/webhooks/{id}/deliveries/{delivery}/redeliver',
    summary: 'Send a delivery again',
    who: 'admin',
    answers: { 202: Delivery },
  },
  {
    method: 'get',
    path: '/cron/expire',
    summary: 'Expire what is due',
    who: 'CRON_SECRET',
    answers: { 200: Count },
  },
  {
    method: 'post',
    path: '/cron/expire',
    summary: 'Expire what is due',
    who: 'CRON_SECRET',
    answers: { 200: Count },
  },
  {
    method: 'get',
    path: '/cron/deliver',
    summary: 'Send what waits',
    who: 'CRON_SECRET',
    answers: { 200: Count },
  },
  {
    method: 'post',
    path: '/cron/deliver',
    summary: 'Send what waits',
    who: 'CRON_SECRET',
    answers: { 200: Count },
  },
  {
    method: 'get',
    path: '/health/live',
    summary: 'Whether the process answers',
    who: 'everybody',
    answers: { 200: Count },
  },
  {
    method: 'get',
    path: '/health/ready',
    summary: 'Whether the database answers and takes writes, and notices leave; 503 says which does not',
    who: 'everybody',
    answers: { 200: Count },
  },
  {
    method: 'get',
    path: '/metrics',
    summary: 'Gauges for Prometheus',
    who: 'METRICS_TOKEN',
    answers: { 200: { media: 'text/plain' } },
  },
  {
    method: 'get',
    path: '/openapi.json',
    summary: 'This document',
    who: 'everybody',
    answers: { 200: { media: 'application/json' } },
  },
]
