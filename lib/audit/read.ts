import { searchesOf, type Database } from '@/db/client'
import { listAuditEntries, type AuditFilter } from '@/db/queries/audit'
import { readMayLag } from '@/db/replica'
import { requireRoleOrScope, type Context } from '@/lib/context'
import { pick, wants, type Fields, type Listed } from '@/lib/fields'
import { searchInTurn } from '@/lib/search-turn'
import { auditEntryToWire } from './chain'
import type { AuditEntry } from './schemas'

/** Admins, and keys with the scope `read`. @throws AppError `forbidden` */
export function requireAuditReader(ctx: Context): void {
  requireRoleOrScope(ctx, 'admin', 'read')
}

/**
 * A page of the audit log, newest first; from a replica it may be some seconds old. One for an action, an actor or
 * a target counts as a search.
 * @param fields members to give; `detail` is not read where it is not among them
 * @throws AppError `forbidden`, `invalid_cursor`, `too_many_searches`
 */
export async function readAudit<K extends keyof AuditEntry>(
  ctx: Context,
  filter: AuditFilter,
  fields?: Fields<K>,
): Promise<Listed<Pick<AuditEntry, K>>> {
  requireAuditReader(ctx)
  const list = (db: Database) => listAuditEntries(db, ctx.project.id, filter, wants<string>(fields, 'detail'))
  const { action, actor, target } = filter
  const isSearch = (action ?? actor ?? target) !== undefined
  const page = await (isSearch
    ? searchInTurn(ctx, () => readMayLag(ctx.db, (db) => list(searchesOf(db))))
    : readMayLag(ctx.db, list))
  return {
    items: page.items.map((record) => pick(auditEntryToWire(record), fields)),
    next_cursor: page.nextCursor,
  }
}
