import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  customType,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { moment } from './identity'

const transactionId = customType<{ data: string }>({ dataType: () => 'xid8' })

/**
 * The record. Triggers refuse UPDATE (but for the one sealing, which sets the columns from `version` to `hash` from
 * null, and for erasing what a row of `audit_erasures` of the same transaction covers), TRUNCATE, and DELETE but for
 * what a row of `audit_prunings` of the same transaction covers. `detail` is RFC 8785 canonical JSON, the very text
 * that is hashed. Labels, detail and address are null in an erased entry, and labels and detail in no other.
 */
export const auditEntries = pgTable(
  'audit_entries',
  {
    id: text('id').primaryKey(),
    /** Order of writing, in which the sealer numbers. */
    ordinal: bigint('ordinal', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    projectId: text('project_id').notNull(),
    seq: bigint('seq', { mode: 'number' }),
    at: moment('at').notNull(),
    action: text('action').notNull(),
    actorType: text('actor_type').notNull(),
    actorId: text('actor_id').notNull(),
    actorLabel: text('actor_label'),
    via: text('via').notNull(),
    targetType: text('target_type').notNull(),
    targetId: text('target_id').notNull(),
    targetLabel: text('target_label'),
    detail: text('detail'),
    /** Id of the key, personal token or session that acted; null for Holdpoint itself and for operators. */
    credentialId: text('credential_id'),
    requestId: text('request_id'),
    /** Network address that the request came from. */
    address: text('address'),
    /** How it is hashed: null as version 1, over the clear text; 2, over salted commitments to it. */
    version: smallint('version'),
    /** 16 random bytes in hex. */
    salt: text('salt'),
    actorCommitment: text('actor_commitment'),
    targetCommitment: text('target_commitment'),
    detailCommitment: text('detail_commitment'),
    addressCommitment: text('address_commitment'),
    prevHash: text('prev_hash'),
    hash: text('hash'),
    erasedAt: moment('erased_at'),
  },
  (t) => [
    uniqueIndex('audit_entries_seq_key')
      .on(t.projectId, t.seq)
      .where(sql`${t.seq} is not null`),
    index('audit_entries_unsealed')
      .on(t.ordinal)
      .where(sql`${t.seq} is null`),
    index('audit_entries_list').on(t.projectId, t.at.desc(), t.ordinal.desc()),
    index('audit_entries_action').on(t.projectId, t.action, t.at.desc(), t.ordinal.desc()),
    index('audit_entries_actor').on(t.projectId, t.actorId, t.at.desc(), t.ordinal.desc()),
    index('audit_entries_target').on(t.projectId, t.targetId, t.at.desc(), t.ordinal.desc()),
    check(
      'audit_entries_sealed',
      sql`(${t.seq} is null) = (${t.hash} is null) and (${t.hash} is null) = (${t.prevHash} is null)`,
    ),
    // Not validated: what is older was written under "not null".
    check(
      'audit_entries_clear_text',
      sql`case when ${t.erasedAt} is null then num_nulls(${t.actorLabel}, ${t.targetLabel}, ${t.detail}) = 0
        else num_nonnulls(${t.actorLabel}, ${t.targetLabel}, ${t.detail}, ${t.address}, ${t.salt}) = 0 end`,
    ),
  ],
)

/**
 * Where a project's chain begins since its oldest entries were pruned: the number, hash and time of the last
 * entry that is gone. Written in the transaction that deletes them; triggers check it against the entry, set
 * `pruned_at` and `transaction_id`, and refuse UPDATE, DELETE and TRUNCATE.
 */
export const auditPrunings = pgTable(
  'audit_prunings',
  {
    projectId: text('project_id').notNull(),
    fromSeq: bigint('from_seq', { mode: 'number' }).notNull(),
    throughSeq: bigint('through_seq', { mode: 'number' }).notNull(),
    /** Hash of the entry `through_seq`: the `prev_hash` of the first one kept. */
    hash: text('hash').notNull(),
    /** When that entry was written. */
    at: moment('at').notNull(),
    prunedAt: moment('pruned_at')
      .notNull()
      .default(sql`clock_timestamp()`),
    transactionId: transactionId('transaction_id')
      .notNull()
      .default(sql`pg_current_xact_id()`),
  },
  (t) => [
    primaryKey({ columns: [t.projectId, t.throughSeq] }),
    check('audit_prunings_order', sql`${t.fromSeq} between 1 and ${t.throughSeq}`),
  ],
)

/**
 * Which entries were erased, by whom (the id of an actor) and why. Written in the transaction that erases them, which
 * also writes an entry `audit.erased` with the same ids; triggers set `at` and `transaction_id`, and refuse UPDATE,
 * DELETE and TRUNCATE.
 */
export const auditErasures = pgTable(
  'audit_erasures',
  {
    id: text('id').primaryKey(),
    projectId: text('project_id').notNull(),
    entryIds: text('entry_ids').array().notNull(),
    reason: text('reason').notNull(),
    by: text('by').notNull(),
    at: moment('at')
      .notNull()
      .default(sql`clock_timestamp()`),
    transactionId: transactionId('transaction_id')
      .notNull()
      .default(sql`pg_current_xact_id()`),
  },
  (t) => [
    index('audit_erasures_of_transaction').on(t.projectId, t.transactionId),
    check('audit_erasures_some', sql`cardinality(${t.entryIds}) between 1 and 10000`),
  ],
)

/**
 * The operator's floor: no project's audit log is kept for fewer days. One row, written by who migrates; triggers
 * read it, so that it holds against whatever the app writes.
 */
export const auditFloor = pgTable(
  'audit_floor',
  {
    isOnly: boolean('is_only').primaryKey().default(true),
    minDays: integer('min_days').notNull(),
  },
  (t) => [check('audit_floor_only', sql`${t.isOnly} and ${t.minDays} between 1 and 36500`)],
)

/** The head of each project's chain that was last published: to the log, the metrics and webhooks that want it. */
export const auditHeads = pgTable('audit_heads', {
  projectId: text('project_id').primaryKey(),
  seq: bigint('seq', { mode: 'number' }).notNull(),
  hash: text('hash').notNull(),
  /** When the entry was written. */
  at: moment('at').notNull(),
  publishedAt: moment('published_at').notNull(),
})
