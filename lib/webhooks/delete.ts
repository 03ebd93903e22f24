import { eq } from 'drizzle-orm'
import { webhooks } from '@/db/schema/notices'
import { recordAudit } from '@/lib/audit/record'
import { requireRole, type Context } from '@/lib/context'
import { assertStillAllowed } from '@/lib/rights'
import { sharedCircuit } from './circuit'
import { clearDisabledNotices } from './disable'
import { lockWebhook } from './lock'
import { dropJobs } from './queue'
import { hostOf } from './url'

/**
 * Deletes a webhook with all its deliveries; what was not delivered is not sent any more.
 * @throws AppError `forbidden` below admin, `not_found`
 */
export async function deleteWebhook(ctx: Context, input: { id: string }): Promise<void> {
  requireRole(ctx, 'admin')
  await ctx.db.transaction(async (tx) => {
    await assertStillAllowed(tx, ctx, 'admin')
    const row = await lockWebhook(tx, ctx, input.id)
    await dropJobs(tx, row.id)
    await clearDisabledNotices(tx, row.id)
    await tx.delete(webhooks).where(eq(webhooks.id, row.id))
    sharedCircuit.forget(row.id)
    await recordAudit(tx, ctx, {
      action: 'webhook.deleted',
      target: { type: 'webhook', id: row.id, label: row.name },
      detail: { format: row.format, host: hostOf(row.url) },
    })
  })
}
