import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { rowsOf } from '@/db/statement'
import { auditColumns, insertEntries, type AuditValues } from '@/db/writes/audit'
import { credentialIdOf, type Context } from '@/lib/context'
import { newId } from '@/lib/ids'
import { canonicalJson } from '@/lib/json/canonical'
import type { AuditAction } from './actions'

export type AuditEntryInput = {
  action: AuditAction
  target: { type: string; id: string; label: string }
  /** Plain JSON; kept as RFC 8785 canonical text, the text that is hashed. */
  detail: Record<string, unknown>
}

/** Who acts where, by which request. */
export type Recorder = Pick<Context, 'actor' | 'origin'> & { project: Pick<Context['project'], 'id'> }

/**
 * Writes one audit entry in the transaction of what it tells of: if it cannot be written, nothing
 * happened. The entry's number and hash come from the sealer, within two seconds.
 */
export async function recordAudit(tx: Queryable, ctx: Recorder, entry: AuditEntryInput): Promise<void> {
  await recordAll(tx, ctx, [entry])
}

/** An entry as it is written, in a statement of its own or as part of another. */
export function auditValues(ctx: Recorder, entry: AuditEntryInput): AuditValues {
  return {
    audit_id: newId('audit'),
    project_id: ctx.project.id,
    action: entry.action,
    actor_type: ctx.actor.type,
    actor_id: ctx.actor.id,
    actor_label: ctx.actor.label,
    via: ctx.actor.via,
    target_type: entry.target.type,
    target_id: entry.target.id,
    target_label: entry.target.label,
    detail: canonicalJson(entry.detail),
    credential_id: credentialIdOf(ctx.actor),
    request_id: ctx.origin?.requestId ?? null,
    address: ctx.origin?.address ?? null,
  }
}

const [before = '', after = ''] = insertEntries(
  rowsOf(auditColumns, '?::text::json', 'e', 'place'),
  'clock_timestamp()',
).split('?')

/** Several entries in one statement, in their order. */
export async function recordAll(tx: Queryable, ctx: Recorder, entries: AuditEntryInput[]): Promise<void> {
  const json = JSON.stringify(entries.map((entry) => auditValues(ctx, entry)))
  await tx.execute(sql`${sql.raw(before)}${json}${sql.raw(after)}`)
}
