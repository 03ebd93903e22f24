import { listAuditNames } from '@/db/queries/audit-names'
import type { Context } from '@/lib/context'
import { requireNeed } from '@/lib/need'
import type { AuditName } from './match-name'

const most = 200

/**
 * Whom and what the project's log may name, by name.
 * @throws AppError `forbidden` below admin
 */
export async function readAuditNames(ctx: Context): Promise<AuditName[]> {
  requireNeed(ctx, 'admin')
  return listAuditNames(ctx.db, ctx.project.id, most)
}
