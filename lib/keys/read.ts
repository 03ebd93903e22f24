import { listKeys } from '@/db/queries/keys'
import { hasRole } from '@/lib/context'
import { listOf, Paging } from '@/lib/query'
import { verb } from '@/lib/verb'
import { Key } from './schemas'
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
