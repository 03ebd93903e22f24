import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, pgEnum, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { runStatuses } from '../../lib/runs/statuses'
import { bytes, moment } from './identity'

export const runStatus = pgEnum('run_status', runStatuses)
export const stepKind = pgEnum('step_kind', ['model', 'message', 'note'])
export const resultStatus = pgEnum('result_status', ['succeeded', 'failed'])

/** How far what a call does can be taken back, from what does nothing to what cannot be undone. */
export const risks = ['read_only', 'reversible', 'externally_reversible', 'irreversible'] as const

/** Bytes that what only records had, where it is kept cut. */
const truncatedBytes = () => integer('truncated_bytes')

/**
 * One run of an agent. Its row is the lock of everything in it: whoever changes the run, one of its
 * tool calls or one of its approvals locks this row first, so that no two of them can wait in a circle.
 * JSON that came from outside is kept as the text that came.
 */
export const runs = pgTable(
  'runs',
  {
    id: text('id').primaryKey(),
    projectId: text('project_id').notNull(),
    /** Not a foreign key: each ask would lock the agent's row, the same one for all of them. Agents are never deleted. */
    agentId: text('agent_id').notNull(),
    agentName: text('agent_name').notNull(),
    externalId: text('external_id'),
    policyVersion: integer('policy_version').notNull(),
    status: runStatus('status').notNull().default('running'),
    /** How many of its approvals are pending; `awaiting_approval` exactly while above 0. */
    pendingCount: integer('pending_count').notNull().default(0),
    input: text('input'),
    context: text('context'),
    output: text('output'),
    error: text('error'),
    truncatedBytes: truncatedBytes(),
    initiator: text('initiator'),
    parentRunId: text('parent_run_id'),
    labels: text('labels')
      .array()
      .notNull()
      .default(sql`'{}'`),
    /** The highest of its calls'; null where none is classified. */
    risk: text('risk', { enum: risks }),
    startedAt: moment('started_at').notNull().defaultNow(),
    finishedAt: moment('finished_at'),
  },
  (t) => [
    uniqueIndex('runs_external_id_key')
      .on(t.projectId, t.externalId)
      .where(sql`${t.externalId} is not null`),
    // Lists merge the statuses, each in order.
    index('runs_list_by_status').on(t.projectId, t.status, t.startedAt.desc(), t.id.desc()),
    index('runs_list_by_agent').on(t.projectId, t.agentName, t.status, t.startedAt.desc(), t.id.desc()),
    check('runs_pending_count', sql`${t.pendingCount} >= 0`),
    check('runs_awaiting', sql`(${t.status} = 'awaiting_approval') = (${t.pendingCount} > 0)`),
    check(
      'runs_finished',
      sql`(${t.finishedAt} is not null) = (${t.status} in ('completed', 'failed', 'cancelled'))`,
    ),
  ],
)

/** A tool call that the gate was asked about, with its result once the agent has told it. */
export const toolCalls = pgTable(
  'tool_calls',
  {
    id: text('id').primaryKey(),
    projectId: text('project_id').notNull(),
    runId: text('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    agentId: text('agent_id').notNull(),
    /** The caller's id of the call: the idempotency key within the run. */
    toolCallId: text('tool_call_id').notNull(),
    /** The same id where the call was asked for without a run: the idempotency key within the agent. */
    askKey: text('ask_key'),
    tool: text('tool').notNull(),
    /** The exact text of `params` in the request. */
    params: text('params').notNull(),
    /** JSON Schema of the params in the agent's words, for who edits them; only of calls that were held. */
    paramsSchema: text('params_schema'),
    digest: text('digest').notNull(),
    context: text('context'),
    description: text('description'),
    /** Of where the call comes from, in the agent's own words: texts by name, as JSON. */
    metadata: text('metadata'),
    /** Calls that were asked for together have the same. */
    turnId: text('turn_id'),
    /** Of the id by which a call that needs no approval was started, if it was by one. */
    startHash: text('start_hash'),
    required: boolean('required').notNull(),
    /** JSON: what conditions read of the run and the clock, where they did. */
    facts: text('facts'),
    policyVersion: integer('policy_version').notNull(),
    startedAt: moment('started_at').notNull().defaultNow(),
    resultStatus: resultStatus('result_status'),
    output: text('output'),
    error: text('error'),
    truncatedBytes: truncatedBytes(),
    /** Of a result that is kept cut, the digest of all of it, by which the same is known again. */
    resultDigest: text('result_digest'),
    endedAt: moment('ended_at'),
  },
  (t) => [
    uniqueIndex('tool_calls_run_call_key').on(t.runId, t.toolCallId),
    uniqueIndex('tool_calls_ask_key')
      .on(t.agentId, t.askKey)
      .where(sql`${t.askKey} is not null`),
    check('tool_calls_ended', sql`(${t.endedAt} is not null) = (${t.resultStatus} is not null)`),
  ],
)

/** What else an agent records of a run: model turns, messages, notes. */
export const steps = pgTable(
  'steps',
  {
    id: text('id').primaryKey(),
    projectId: text('project_id').notNull(),
    runId: text('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    /** The caller's id of the step, under which it is told again. */
    stepId: text('step_id'),
    /** Of what was told under it, by which the same is known again. */
    contentDigest: text('content_digest'),
    kind: stepKind('kind').notNull(),
    name: text('name').notNull(),
    input: text('input'),
    output: text('output'),
    truncatedBytes: truncatedBytes(),
    startedAt: moment('started_at').notNull(),
    endedAt: moment('ended_at'),
  },
  (t) => [
    index('steps_run').on(t.runId, t.startedAt),
    uniqueIndex('steps_run_step_key')
      .on(t.runId, t.stepId)
      .where(sql`${t.stepId} is not null`),
  ],
)

/** The one opaque state that an agent keeps with a run, to go on after a crash. */
export const checkpoints = pgTable('checkpoints', {
  runId: text('run_id')
    .primaryKey()
    .references(() => runs.id, { onDelete: 'cascade' }),
  projectId: text('project_id').notNull(),
  contentType: text('content_type').notNull(),
  body: bytes('body').notNull(),
  /** Counts the saves, so that who goes on from an older one is told. */
  version: integer('version').notNull().default(1),
  updatedAt: moment('updated_at').notNull().defaultNow(),
})
