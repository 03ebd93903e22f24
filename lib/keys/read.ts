import { findKey, listKeys } from '@/db/queries/keys'
import { hasRole } from '@/lib/context'
import { notFound } from '@/lib/errors'
import { listOf, Paging } from '@/lib/query'
import { verb } from '@/lib/verb'
import { ownOrAdmin } from './revoke-key'
import { Key, KeyById } from './schemas'
import { keyToWire } from './wire'

/**
 * A page of the keys that the member may see: their own tokens, and from admin up the project's agent keys.
 * @throws AppError `forbidden` for agent keys, `invalid_cursor`
 */
export const readKeys = verb(
  { summary: 'List keys', need: 'viewer', query: Paging, output: listOf(Key), refuses: [] },
  async (ctx, page) => {
    const filter = { ...page, hasAgentKeys: hasRole(ctx.actor.role, 'admin'), userId: ctx.actor.id }
    const { items, nextCursor } = await listKeys(ctx.db, ctx.project.id, filter)
    return { items: items.map(keyToWire), next_cursor: nextCursor }
  },
)

/**
 * One of those keys.
 * @throws AppError `forbidden` for agent keys, `not_found` also for a key that the member may not see
 */
export const readKey = verb(
  {
    summary: 'Read a key',
    need: 'viewer',
    who: ownOrAdmin,
    path: KeyById,
    output: Key,
    refuses: ['not_found'],
  },
  async ({ db, project, actor }, { id }) => {
    const key = await findKey(db, project.id, id)
    const maySee = key && (key.kind === 'agent' ? hasRole(actor.role, 'admin') : key.userId === actor.id)
    if (!maySee) throw notFound()
    return keyToWire(key)
  },
)
