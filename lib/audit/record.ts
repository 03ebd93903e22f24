import type { Queryable } from '@/db/client'
import { auditEntries } from '@/db/schema/audit'
import { credentialIdOf, type Context } from '@/lib/context'
import { newId } from '@/lib/ids'
import { canonicalJson } from '@/lib/json/canonical'
import { sql } from 'drizzle-orm'
import type { AuditAction } from './actions'

export type AuditEntryInput = {
  action: AuditAction
  target: { type: string; id: string; label: string }
  /** Plain JSON; kept as RFC 8785 canonical text, the text that is hashed. */
  detail: Record<string, unknown>
}

/** Who acts where, by which request. */
export type Recorder = Pick<Context, 'project' | 'actor' | 'origin'>

/**
 * Writes one audit entry in the transaction of what it tells of: if it cannot be written, nothing
 * happened. The entry's number and hash come from the sealer, within two seconds.
 */
export async function recordAudit(tx: Queryable, ctx: Recorder, entry: AuditEntryInput): Promise<void> {
  await auditInsert(tx, ctx, [entry])
}

/** The columns of `auditValues`. */
export const auditColumns = {
  audit_id: 'text',
  project_id: 'text',
  action: 'text',
  actor_type: 'text',
  actor_id: 'text',
  actor_label: 'text',
  via: 'text',
  target_type: 'text',
  target_id: 'text',
  target_label: 'text',
  detail: 'text',
  credential_id: 'text',
  request_id: 'text',
  address: 'text',
}

/** An entry for each row of `from`, which has `auditColumns`, as a part of a statement of the hot path. */
export const auditEntryFrom = (from: string) => `
  insert into audit_entries (id, project_id, at, action, actor_type, actor_id, actor_label, via, target_type,
    target_id, target_label, detail, credential_id, request_id, address)
  select audit_id, project_id, clock_timestamp(), action, actor_type, actor_id, actor_label, via, target_type,
    target_id, target_label, detail, credential_id, request_id, address
  from ${from}`

export function auditValues(
  ctx: Recorder,
  entry: AuditEntryInput,
): Record<keyof typeof auditColumns, string | null> {
  const { credentialId, requestId, address } = originOf(ctx)
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
    credential_id: credentialId,
    request_id: requestId,
    address,
  }
}

function originOf({ actor, origin }: Recorder) {
  return {
    credentialId: credentialIdOf(actor),
    requestId: origin?.requestId ?? null,
    address: origin?.address ?? null,
  }
}

/** The same as a statement, not yet run, for several writes in one trip; at least one entry. */
export function auditInsert(tx: Queryable, ctx: Recorder, entries: AuditEntryInput[]) {
  return tx.insert(auditEntries).values(
    entries.map((entry) => ({
      id: newId('audit'),
      projectId: ctx.project.id,
      at: sql`clock_timestamp()`,
      action: entry.action,
      actorType: ctx.actor.type,
      actorId: ctx.actor.id,
      actorLabel: ctx.actor.label,
      via: ctx.actor.via,
      targetType: entry.target.type,
      targetId: entry.target.id,
      targetLabel: entry.target.label,
      detail: canonicalJson(entry.detail),
      ...originOf(ctx),
    })),
  )
}
