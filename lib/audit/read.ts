import { z } from 'zod'
import { searchesOf, type Database } from '@/db/client'
import { listAuditEntries, type AuditFilter } from '@/db/queries/audit'
import { readMayLag } from '@/db/replica'
import type { Context } from '@/lib/context'
import { pick, wants, type Fields, type Listed } from '@/lib/fields'
import { requireNeed, type Need } from '@/lib/need'
import { fieldsOf, listOf, paging, queryMoment, someOf } from '@/lib/query'
import { searchInTurn } from '@/lib/search-turn'
import { verb } from '@/lib/verb'
import { auditActions } from './actions'
import { auditEntryToWire } from './chain'
import { AuditEntry } from './schemas'

const need = { role: 'admin', scopes: ['read'] } as const satisfies Need

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
  requireNeed(ctx, need)
  const list = (db: Database) => listAuditEntries(db, ctx.project.id, filter, wants<string>(fields, 'detail'))
  const { actions, actor, target } = filter
  const isSearch = (actions ?? actor ?? target) !== undefined
  const page = await (isSearch
    ? searchInTurn(ctx, () => readMayLag(ctx.db, (db) => list(searchesOf(db))))
    : readMayLag(ctx.db, list))
  return {
    items: page.items.map((record) => pick(auditEntryToWire(record), fields)),
    next_cursor: page.nextCursor,
  }
}

export const readAuditVerb = verb(
  {
    summary: 'Read the audit log, newest first',
    need,
    query: z.strictObject({
      ...paging,
      action: someOf(auditActions),
      actor: z.string().max(200).optional(),
      target: z.string().max(200).optional(),
      since: queryMoment.optional(),
      until: queryMoment.optional(),
      fields: fieldsOf(AuditEntry.keyof().options, ['id']),
    }),
    output: listOf(AuditEntry),
    refuses: ['too_many_searches'],
  },
  (ctx, { fields, action: actions, ...query }) => readAudit(ctx, { ...query, actions }, fields),
)
