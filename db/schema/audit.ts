import { sql } from 'drizzle-orm'
import { bigint, check, index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { moment } from './identity'

/**
 * The record. Triggers refuse UPDATE (but for the one sealing of `seq`, `prev_hash` and `hash` from
 * null), DELETE and TRUNCATE. `detail` is RFC 8785 canonical JSON, the very text that is hashed.
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
    actorLabel: text('actor_label').notNull(),
    via: text('via').notNull(),
    targetType: text('target_type').notNull(),
    targetId: text('target_id').notNull(),
    targetLabel: text('target_label').notNull(),
    detail: text('detail').notNull(),
    prevHash: text('prev_hash'),
    hash: text('hash'),
  },
  (t) => [
    uniqueIndex('audit_entries_seq_key').on(t.projectId, t.seq),
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
  ],
)
