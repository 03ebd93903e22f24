import { sql } from 'drizzle-orm'
import {
  bigint,
  check,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { approvalStatuses } from '../../lib/approvals/statuses'
import { moment } from './identity'
import { toolCalls } from './runs'

export const approvalStatus = pgEnum('approval_status', approvalStatuses)
export const ruleOutcome = pgEnum('rule_outcome', ['always', 'true', 'unevaluable'])
export const onRejection = pgEnum('on_rejection', ['fail', 'continue'])
export const decisionKind = pgEnum('decision_kind', ['approve', 'reject'])
export const decisionVia = pgEnum('decision_via', ['console', 'api'])
export const approvalEventType = pgEnum('approval_event_type', [
  'requested',
  'approved',
  'rejected',
  'expired',
  'cancelled',
])

/** A gated call and what became of it. One per tool call. */
export const approvals = pgTable(
  'approvals',
  {
    id: text('id').primaryKey(),
    projectId: text('project_id').notNull(),
    /** The call's run; the call's foreign keys speak for both. */
    runId: text('run_id').notNull(),
    callId: text('call_id')
      .notNull()
      .references(() => toolCalls.id, { onDelete: 'cascade' }),
    agentId: text('agent_id').notNull(),
    agentName: text('agent_name').notNull(),
    tool: text('tool').notNull(),
    status: approvalStatus('status').notNull().default('pending'),
    message: text('message'),
    ruleTool: text('rule_tool').notNull(),
    ruleCondition: text('rule_condition'),
    ruleOutcome: ruleOutcome('rule_outcome').notNull(),
    ruleDetail: text('rule_detail'),
    onRejection: onRejection('on_rejection').notNull(),
    policyVersion: integer('policy_version').notNull(),
    requestedAt: moment('requested_at').notNull().defaultNow(),
    expiresAt: moment('expires_at').notNull(),
    /** When it left `pending`, by whatever way. */
    resolvedAt: moment('resolved_at'),
    claimedAt: moment('claimed_at'),
    claimedBy: text('claimed_by'),
    /** Of the id by which it was claimed, if it was by one: who sends the id again is answered again. */
    claimHash: text('claim_hash'),
    /** When those who may decide are reminded next, while it is pending; null where no reminder is left. */
    nextReminderAt: moment('next_reminder_at'),
  },
  (t) => [
    uniqueIndex('approvals_call_key').on(t.callId),
    index('approvals_run').on(t.runId),
    // Lists merge the statuses, each in order. Those by tool and by agent say nothing of what is pending, of
    // which there is little, so that asking does not pay for them.
    index('approvals_list_by_status').on(t.projectId, t.status, t.requestedAt.desc(), t.id.desc()),
    // For lists alone, which say both: whoever counts what of an agent is pending must not come to walk it.
    index('approvals_pending_by_deadline')
      .on(t.projectId, t.expiresAt.asc().nullsFirst(), t.id.asc().nullsFirst())
      .where(sql`${t.status} = 'pending' and ${t.resolvedAt} is null`),
    index('approvals_decided')
      .on(t.projectId, t.status, t.resolvedAt.desc(), t.id.desc())
      .where(sql`${t.status} <> 'pending'`),
    index('approvals_decided_by_tool')
      .on(t.projectId, t.tool, t.status, t.requestedAt.desc(), t.id.desc())
      .where(sql`${t.status} <> 'pending'`),
    index('approvals_decided_by_agent')
      .on(t.projectId, t.agentName, t.status, t.requestedAt.desc(), t.id.desc())
      .where(sql`${t.status} <> 'pending'`),
    index('approvals_due')
      .on(t.expiresAt)
      .where(sql`${t.status} = 'pending'`),
    index('approvals_reminders')
      .on(t.nextReminderAt)
      .where(sql`${t.status} = 'pending' and ${t.nextReminderAt} is not null`),
    index('approvals_pending_by_agent')
      .on(t.agentId)
      .where(sql`${t.status} = 'pending'`),
    check('approvals_resolved', sql`(${t.status} = 'pending') = (${t.resolvedAt} is null)`),
    check('approvals_claimed', sql`${t.claimedAt} is null or ${t.status} = 'approved'`),
  ],
)

/**
 * What approvals are searched by: the text of each in lower case, cut at 65,536 characters, and the caller's id
 * of its call. Rows are never changed. They are written behind the answers (`lib/outbox/fill-search.ts`), so
 * that neither asking nor telling waits for their indexes; what has no row yet is looked at as it is.
 */
export const approvalSearch = pgTable(
  'approval_search',
  {
    approvalId: text('approval_id')
      .primaryKey()
      .references(() => approvals.id, { onDelete: 'cascade' }),
    projectId: text('project_id').notNull(),
    toolCallId: text('tool_call_id').notNull(),
    text: text('text').notNull(),
  },
  (t) => [
    index('approval_search_tool_call').on(t.projectId, t.toolCallId),
    // Trigrams (pg_trgm) within the project (btree_gin).
    index('approval_search_text').using('gin', t.projectId, t.text.op('gin_trgm_ops')),
  ],
)

/**
 * Approvals that have no row of search yet: written by the dispatcher with their number, deleted with the writing
 * of that row. Their ids sort by the time of asking.
 */
export const approvalSearchQueue = pgTable(
  'approval_search_queue',
  {
    projectId: text('project_id').notNull(),
    approvalId: text('approval_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.projectId, t.approvalId] })],
)

/** A person's answer: a state with an author and a time. Rows are never changed. */
export const decisions = pgTable(
  'decisions',
  {
    approvalId: text('approval_id')
      .notNull()
      .references(() => approvals.id, { onDelete: 'cascade' }),
    projectId: text('project_id').notNull(),
    reviewerId: text('reviewer_id').notNull(),
    /** Name and e-mail as they were at the time. */
    reviewerName: text('reviewer_name'),
    reviewerEmail: text('reviewer_email').notNull(),
    decision: decisionKind('decision').notNull(),
    reason: text('reason'),
    via: decisionVia('via').notNull(),
    at: moment('at').notNull(),
  },
  (t) => [uniqueIndex('decisions_approval_reviewer_key').on(t.approvalId, t.reviewerId)],
)

/**
 * The outbox: one row for each change of an approval, written in the transaction of the change.
 * One dispatcher numbers them in order (`seq`) and makes the jobs that tell people and webhooks;
 * the stream resumes by the same numbers.
 */
export const approvalEvents = pgTable(
  'approval_events',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    projectId: text('project_id').notNull(),
    approvalId: text('approval_id').notNull(),
    type: approvalEventType('type').notNull(),
    at: moment('at').notNull().defaultNow(),
    seq: bigint('seq', { mode: 'number' }),
  },
  (t) => [
    index('approval_events_undispatched')
      .on(t.id)
      .where(sql`${t.seq} is null`),
    uniqueIndex('approval_events_seq_key')
      .on(t.projectId, t.seq)
      .where(sql`${t.seq} is not null`),
  ],
)
