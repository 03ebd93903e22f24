import { findAuditHead } from '@/db/queries/audit-head'
import { listAuditNames } from '@/db/queries/audit-names'
import type { Context } from '@/lib/context'
import { requireNeed } from '@/lib/need'
import type { AuditName } from './match-name'

const most = 200

/** The last sealed entry of a project's log. */
export type SealedTo = { seq: number; hash: string; at: string }

/**
 * How far the project's log is sealed; null where nothing is.
 * @throws AppError `forbidden` below admin
 */
export async function readSealedTo(ctx: Context): Promise<SealedTo | null> {
  requireNeed(ctx, 'admin')
  const head = await findAuditHead(ctx.db, ctx.project.id)
  return head ? { ...head, at: head.at.toISOString() } : null
}

/**
 * Whom and what the project's log may name, by name.
 * @throws AppError `forbidden` below admin
 */
export async function readAuditNames(ctx: Context): Promise<AuditName[]> {
  requireNeed(ctx, 'admin')
  return listAuditNames(ctx.db, ctx.project.id, most)
}
