import type { Context } from '@/lib/context'
import { requireRoleOrOperator } from '@/lib/members/rights'
import { assertStillAllowed } from '@/lib/rights'
import { insertKey } from './insert'
import type { CreateAgentKeyInput, CreatedKey } from './schemas'

/**
 * Makes an agent key of the project, which may `run` and nothing else where no scopes are named. The token is in the
 * answer and never again.
 * @throws AppError `forbidden` below admin, `invalid_input` for an end that has passed
 */
export async function createKey(ctx: Context, input: CreateAgentKeyInput): Promise<CreatedKey> {
  requireRoleOrOperator(ctx, 'admin')
  return ctx.db.transaction(async (tx) => {
    await assertStillAllowed(tx, ctx, 'admin')
    return insertKey(tx, ctx, {
      name: input.name,
      scopes: input.scopes ?? ['run'],
      userId: null,
      expiresAt: input.expires_at,
    })
  })
}
