import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
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
import { risks, toolCalls } from './runs'

export const approvalStatus = pgEnum('approval_status', approvalStatuses)
export const ruleOutcome = pgEnum('rule_outcome', ['always', 'true', 'unevaluable'])
export const onRejection = pgEnum('on_rejection', ['fail', 'continue'])
export const decisionKind = pgEnum('decision_kind', ['approve', 'reject', 'request_changes', 'withdraw'])
export const decisionVia = pgEnum('decision_via', ['console', 'api', 'slack', 'grant', 'script', 'mcp'])
export const approvalEventType = pgEnum('approval_event_type', [
  'requested',
  'approved',
  'rejected',
  'expired',
  'cancelled',
  'voted',
  'edited',
  'extended',
  'assigned',
  'commented',
  'escalated',
  'denied',
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
    /** When somebody is told again, or others are asked, while it is pending; null where no step is left. */
    nextStepAt: moment('next_step_at'),
    kind: text('kind', { enum: ['call', 'question'] })
      .notNull()
      .default('call'),
    /**
     * What the policy's entries demanded beyond who may decide by role, RFC 8785 JSON as it was when the call was asked
     * for; null where they demanded nothing.
     */
    terms: text('terms'),
    /** What the votes came to with the last of them, JSON: once it has ended, who leaves or joins changes nothing of it. */
    tally: text('tally'),
    /**
     * Who is being asked at this moment, as names of the policy: for lists and notices alone, never for who may decide.
     * Null is everybody who may by role.
     */
    pools: text('pools').array(),
    /** The params in force, where a reviewer changed them, and their digest; the call keeps those that were requested. */
    editedParams: text('edited_params'),
    editedDigest: text('edited_digest'),
    assigneeId: text('assignee_id'),
    risk: text('risk', { enum: risks }),
    grantId: text('grant_id'),
    batchId: text('batch_id'),
    /** The approval of the same run that a reviewer wanted changed, and in whose place this one was asked for. */
    supersedes: text('supersedes'),
    action: text('action', { enum: ['ask', 'deny'] })
      .notNull()
      .default('ask'),
    /** By how much its deadline was moved, all together. */
    extendedSeconds: integer('extended_seconds').notNull().default(0),
    commentCount: integer('comment_count').notNull().default(0),
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
    index('approvals_steps')
      .on(t.nextStepAt)
      .where(sql`${t.status} = 'pending' and ${t.nextStepAt} is not null`),
    index('approvals_pending_by_agent')
      .on(t.agentId)
      .where(sql`${t.status} = 'pending'`),
    // PostgreSQL reads each check anew for each statement that writes here, a decision too. So none says which words a
    // column may hold, as its type does for the code that writes it.
    check('approvals_resolved', sql`(${t.status} = 'pending') = (${t.resolvedAt} is null)`),
    uniqueIndex('approvals_superseded')
      .on(t.supersedes)
      .where(sql`${t.supersedes} is not null`),
    check('approvals_claimed', sql`${t.claimedAt} is null or ${t.status} = 'approved'`),
    check('approvals_edited', sql`(${t.editedParams} is null) = (${t.editedDigest} is null)`),
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

/**
 * What people did about an approval: votes, of which one at most ended it. Rows are never changed; of a seat the latest
 * counts, where it is about the params in force.
 */
export const decisions = pgTable(
  'decisions',
  {
    /** Null on rows from before there was this column: `decisionId` then makes it of the approval's. */
    id: text('id'),
    approvalId: text('approval_id')
      .notNull()
      .references(() => approvals.id, { onDelete: 'cascade' }),
    projectId: text('project_id').notNull(),
    reviewerId: text('reviewer_id').notNull(),
    /** Name and e-mail as they were at the time. */
    reviewerName: text('reviewer_name'),
    reviewerEmail: text('reviewer_email').notNull(),
    /** On whose seat it counts, where the reviewer stood in for somebody; null is the reviewer's own. */
    seatId: text('seat_id'),
    decision: decisionKind('decision').notNull(),
    /** Of the params that it is about; null is those that were requested. */
    digest: text('digest'),
    /** The exact text of the params, where this act changed them. */
    params: text('params'),
    reason: text('reason'),
    via: decisionVia('via').notNull(),
    at: moment('at').notNull(),
    /** Whether it ended the approval. */
    isFinal: boolean('is_final').notNull().default(true),
    isOverride: boolean('is_override').notNull().default(false),
    grantId: text('grant_id'),
  },
  (t) => [
    // One that is final of each approval. An index for it and one for the votes would cost whoever decides alone twice.
    uniqueIndex('decisions_final_key').on(
      t.approvalId,
      sql`(case when ${t.isFinal} then '' else ${t.id} end)`,
    ),
  ],
)

/** What members and agents say to each other about an approval. */
export const comments = pgTable(
  'comments',
  {
    id: text('id').primaryKey(),
    projectId: text('project_id').notNull(),
    approvalId: text('approval_id')
      .notNull()
      .references(() => approvals.id, { onDelete: 'cascade' }),
    authorType: text('author_type', { enum: ['user', 'key'] }).notNull(),
    authorId: text('author_id').notNull(),
    /** As it was at the time. */
    authorLabel: text('author_label').notNull(),
    body: text('body').notNull(),
    /** The members who were named, by id. */
    mentions: text('mentions')
      .array()
      .notNull()
      .default(sql`'{}'`),
    at: moment('at').notNull(),
  },
  (t) => [
    index('comments_approval').on(t.approvalId, t.at, t.id),
    check('comments_author', sql`${t.authorType} in ('user', 'key')`),
  ],
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
