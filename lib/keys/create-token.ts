import { and, eq, isNotNull } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { members } from '@/db/schema/identity'
import type { Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { change } from '@/lib/verb'
import { insertKey } from './insert'
import { CreatedKey, CreateTokenInput } from './schemas'

/**
 * Makes a personal token of the member who asks; it acts with their role in this project. The token is in the
 * answer and never again.
 * @throws AppError `forbidden` for agent keys, `invalid_input` for an end that has passed
 */
export const createToken = change(
  {
    summary: 'Make a personal token',
    need: 'viewer',
    input: CreateTokenInput,
    output: CreatedKey,
    status: 201,
    refuses: ['project_archived'],
  },
  (tx, ctx, { name, expires_at: expiresAt }) =>
    insertKey(tx, ctx, { name, scopes: [], userId: ctx.actor.id, expiresAt }),
  (tx, ctx) => holdMembership(tx, ctx, ctx.actor.id),
)

/**
 * The same for a member, by an operator's command.
 * @throws AppError `forbidden` for everybody else, `not_found` where the person has not joined the project
 */
export async function createTokenFor(
  ctx: Context,
  input: CreateTokenInput & { userId: string },
): Promise<CreatedKey> {
  if (ctx.actor.type !== 'system') throw new AppError('forbidden', 'Members make their own tokens.')
  return ctx.db.transaction(async (tx) => {
    if (!(await holdMembership(tx, ctx, input.userId))) {
      throw new AppError('not_found', 'There is no such member, or the invitation is still open.')
    }
    return insertKey(tx, ctx, {
      name: input.name,
      scopes: [],
      userId: input.userId,
      expiresAt: input.expires_at,
    })
  })
}

/**
 * Keeps the member from being removed meanwhile: the token would outlive the removal that revokes all others.
 */
export async function holdMembership(
  tx: Transaction,
  ctx: { project: { id: string } },
  userId: string,
): Promise<boolean> {
  const [row] = await tx
    .select({ userId: members.userId })
    .from(members)
    .where(
      and(eq(members.projectId, ctx.project.id), eq(members.userId, userId), isNotNull(members.joinedAt)),
    )
    .for('share')
  return row !== undefined
}
