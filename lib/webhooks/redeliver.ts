import { and, eq } from 'drizzle-orm'
import { findDelivery } from '@/db/queries/webhooks'
import { deliveries } from '@/db/schema/notices'
import { recordAudit } from '@/lib/audit/record'
import { requireRole, type Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { assertStillAllowed } from '@/lib/rights'
import { lockWebhook } from './lock'
import { queueJobs } from './queue'
import type { Delivery } from './schemas'
import { deliveryToWire } from './wire'

/**
 * Queues a delivery again, whatever became of it: with the same id and body, at once. Where that fails it goes on
 * with its schedule, or is failed where that was at its end.
 * @throws AppError `forbidden` below admin, `not_found`, `conflict` where the webhook is switched off
 */
export async function redeliver(ctx: Context, input: { webhookId: string; id: string }): Promise<Delivery> {
  requireRole(ctx, 'admin')
  return ctx.db.transaction(async (tx) => {
    await assertStillAllowed(tx, ctx, 'admin')
    const webhook = await lockWebhook(tx, ctx, input.webhookId)
    const found = await findDelivery(tx, ctx.project.id, webhook.id, input.id)
    if (!found) throw new AppError('not_found', 'There is no such delivery.')
    if (!webhook.enabled && found.type !== 'webhook.test') {
      throw new AppError('conflict', 'The webhook is switched off; switch it on first.')
    }
    await tx
      .update(deliveries)
      .set({ status: 'pending', settledAt: null })
      .where(and(eq(deliveries.webhookId, webhook.id), eq(deliveries.id, found.id)))
    await queueJobs(tx, [{ deliveryId: found.id, webhookId: webhook.id, isByHand: true }])
    await recordAudit(tx, ctx, {
      action: 'webhook.redelivered',
      target: { type: 'webhook', id: webhook.id, label: webhook.name },
      detail: { delivery_id: found.id, message_id: found.messageId, type: found.type },
    })
    const queued = await findDelivery(tx, ctx.project.id, webhook.id, found.id)
    return deliveryToWire(queued ?? found)
  })
}
