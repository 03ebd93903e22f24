import { and, eq, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { keys } from '@/db/schema/identity'
import { recordAudit } from '@/lib/audit/record'
import { requireRole, type Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { assertStillAllowed } from '@/lib/rights'
import { verb } from '@/lib/verb'
import { KeyById } from './schemas'
import { keyToWire } from './wire'

/** Who makes and revokes which keys, in words. */
export const ownOrAdmin = 'admin; each member their own token'

/**
 * Revokes a key: an admin any agent key of the project, a member their own tokens, an operator both. It is
 * refused from the next request on; a second time changes nothing.
 * @throws AppError `forbidden` below admin for whatever is not one's own, whether it exists or not; `not_found`
 */
export const revokeKey = verb(
  {
    summary: 'Revoke a key',
    need: { role: 'viewer', orOperator: true },
    who: ownOrAdmin,
    path: KeyById,
    output: null,
    refuses: ['not_found'],
  },
  (ctx, input) =>
    ctx.db.transaction(async (tx) => {
      const key = await lockKey(tx, ctx, input.id)
      await assertStillAllowed(tx, ctx, key.kind === 'agent' ? 'admin' : 'viewer')
      if (key.revokedAt) return keyToWire(key)
      const [revoked] = await tx
        .update(keys)
        .set({ revokedAt: sql`clock_timestamp()` })
        .where(eq(keys.id, key.id))
        .returning()
      if (!revoked) throw new Error('The key was there and is gone.')
      await recordAudit(tx, ctx, {
        action: 'key.revoked',
        target: { type: 'key', id: key.id, label: key.name },
        detail: { kind: key.kind, prefix: key.prefix },
      })
      return keyToWire(revoked)
    }),
)

async function lockKey(tx: Transaction, ctx: Context, id: string) {
  const [key] = await tx
    .select()
    .from(keys)
    .where(and(eq(keys.projectId, ctx.project.id), eq(keys.id, id)))
    .for('update')
  const isOperator = ctx.actor.type === 'system'
  const isOwn = key?.kind === 'personal' && key.userId === ctx.actor.id
  if (!isOwn && !isOperator) requireRole(ctx, 'admin')
  const isHidden = key?.kind === 'personal' && !isOwn && !isOperator
  if (!key || isHidden) throw new AppError('not_found', 'There is no such key.')
  return key
}
