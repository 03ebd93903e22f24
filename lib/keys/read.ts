import { listKeys } from '@/db/queries/keys'
import { hasRole, requireRole, type Context } from '@/lib/context'
import type { Key } from './schemas'
import { keyToWire } from './wire'

/**
 * A page of the keys that the member may see: their own tokens, and from admin up the project's agent keys.
 * @throws AppError `forbidden` for agent keys, `invalid_cursor`
 */
export async function readKeys(
  ctx: Context,
  page: { limit: number; cursor?: string | undefined },
): Promise<{ items: Key[]; next_cursor: string | null }> {
  requireRole(ctx, 'viewer')
  const filter = { ...page, hasAgentKeys: hasRole(ctx.actor.role, 'admin'), userId: ctx.actor.id }
  const { items, nextCursor } = await listKeys(ctx.db, ctx.project.id, filter)
  return { items: items.map(keyToWire), next_cursor: nextCursor }
}
