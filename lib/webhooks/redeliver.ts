import { and, eq } from 'drizzle-orm'
import { findDelivery } from '@/db/queries/webhooks'
import { deliveries } from '@/db/schema/notices'
import { recordAudit } from '@/lib/audit/record'
import { AppError } from '@/lib/errors'
import { change } from '@/lib/verb'
import { lockWebhook } from './lock'
import { queueJobs } from './queue'
import { Delivery, DeliveryById } from './schemas'
import { deliveryToWire } from './wire'

/**
 * Queues a delivery again, whatever became of it: with the same id and body, at once. Where that fails it goes on
 * with its schedule, or is failed where that was at its end.
 * @throws AppError `forbidden` below admin, `not_found`, `conflict` where the webhook is switched off
 */
export const redeliver = change(
  {
    summary: 'Send a delivery again',
    need: 'admin',
    path: DeliveryById,
    output: Delivery,
    status: 202,
    refuses: ['not_found', 'conflict'],
  },
  async (tx, ctx, input) => {
    const webhook = await lockWebhook(tx, ctx, input.id)
    const found = await findDelivery(tx, ctx.project.id, webhook.id, input.delivery)
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
  },
)
