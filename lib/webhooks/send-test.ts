import { findDelivery } from '@/db/queries/webhooks'
import { deliveries } from '@/db/schema/notices'
import { recordAudit } from '@/lib/audit/record'
import { newId } from '@/lib/ids'
import { change } from '@/lib/verb'
import { lockWebhook } from './lock'
import { messageIdOf } from './message-id'
import { queueJobs } from './queue'
import { Delivery, WebhookById } from './schemas'
import { deliveryToWire } from './wire'

/**
 * Queues a delivery of the type `webhook.test`, also of a webhook that is switched off. It is sent once, at once,
 * and not again by itself.
 * @throws AppError `forbidden` below admin, `not_found`
 */
export const testWebhook = change(
  {
    summary: 'Send a test',
    need: 'admin',
    path: WebhookById,
    output: Delivery,
    status: 202,
    refuses: ['not_found'],
  },
  async (tx, ctx, input) => {
    const { id: webhookId, projectId, name } = await lockWebhook(tx, ctx, input.id)
    const id = newId('delivery')
    await tx
      .insert(deliveries)
      .values({ id, projectId, webhookId, messageId: messageIdOf(id), type: 'webhook.test' })
    await queueJobs(tx, [{ deliveryId: id, webhookId, isByHand: true }])
    await recordAudit(tx, ctx, {
      action: 'webhook.tested',
      target: { type: 'webhook', id: webhookId, label: name },
      detail: { delivery_id: id },
    })
    const queued = await findDelivery(tx, projectId, webhookId, id)
    if (!queued) throw new Error('The delivery was not kept.')
    return deliveryToWire(queued)
  },
)
