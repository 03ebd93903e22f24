import { eq } from 'drizzle-orm'
import { webhooks } from '@/db/schema/notices'
import { recordAudit } from '@/lib/audit/record'
import { change } from '@/lib/verb'
import { sharedCircuit } from './circuit'
import { clearDisabledNotices } from './disable'
import { lockWebhook } from './lock'
import { dropJobs } from './queue'
import { WebhookById } from './schemas'
import { hostOf } from './url'

/**
 * Deletes a webhook with all its deliveries; what was not delivered is not sent any more.
 * @throws AppError `forbidden` below admin, `not_found`
 */
export const deleteWebhook = change(
  {
    summary: 'Delete a webhook',
    need: 'admin',
    path: WebhookById,
    output: null,
    refuses: ['not_found'],
  },
  async (tx, ctx, { id }) => {
    const row = await lockWebhook(tx, ctx, id)
    await dropJobs(tx, row.id)
    await clearDisabledNotices(tx, row.id)
    await tx.delete(webhooks).where(eq(webhooks.id, row.id))
    sharedCircuit.forget(row.id)
    await recordAudit(tx, ctx, {
      action: 'webhook.deleted',
      target: { type: 'webhook', id: row.id, label: row.name },
      detail: { format: row.format, host: hostOf(row.url) },
    })
  },
)
