import { and, eq } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { webhooks } from '@/db/schema/notices'
import type { Context } from '@/lib/context'
import { AppError } from '@/lib/errors'

/**
 * One webhook of the project with all its columns, locked until the transaction ends.
 * @throws AppError `not_found`
 */
export async function lockWebhook(tx: Transaction, ctx: Context, id: string) {
  const [row] = await tx
    .select()
    .from(webhooks)
    .where(and(eq(webhooks.projectId, ctx.project.id), eq(webhooks.id, id)))
    .for('update')
  if (!row) throw noSuchWebhook()
  return row
}

export function noSuchWebhook(): AppError {
  return new AppError('not_found', 'There is no such webhook.')
}
