import { listAuditEntries, type AuditFilter } from '@/db/queries/audit'
import { readMayLag } from '@/db/replica'
import { requireRoleOrScope, type Context } from '@/lib/context'
import { auditEntryToWire } from './chain'
import type { AuditEntry } from './schemas'

/** Admins, and keys with the scope `read`. @throws AppError `forbidden` */
export function requireAuditReader(ctx: Context): void {
  requireRoleOrScope(ctx, 'admin', 'read')
}

/**
 * A page of the audit log, newest first; from a replica it may be some seconds old.
 * @throws AppError `forbidden`, `invalid_cursor`
 */
export async function readAudit(
  ctx: Context,
  filter: AuditFilter,
): Promise<{ items: AuditEntry[]; next_cursor: string | null }> {
  requireAuditReader(ctx)
  const page = await readMayLag(ctx.db, (db) => listAuditEntries(db, ctx.project.id, filter))
  return { items: page.items.map(auditEntryToWire), next_cursor: page.nextCursor }
}
