import { eq, sql } from 'drizzle-orm'
import { webhooks } from '@/db/schema/notices'
import { recordAudit } from '@/lib/audit/record'
import { change } from '@/lib/verb'
import { lockWebhook } from './lock'
import { newSigningSecret, sealKeyIn, sealSecret } from './encrypt'
import { hastenDeliveries } from './queue'
import { WebhookById, WebhookWithSecret } from './schemas'
import { webhookToWire } from './wire'

const overlapHours = 24

/**
 * Gives a webhook a new signing secret, which is in the answer and never again; for 24 h what is sent carries a
 * signature by each of the two. What waits is tried at once, unless the receiver asked to be left alone.
 * @throws AppError `forbidden` below admin, `not_found`
 */
export const rotateWebhook = change(
  {
    summary: 'Make a new secret; both sign for 24 h',
    need: 'admin',
    path: WebhookById,
    output: WebhookWithSecret,
    refuses: ['not_found'],
  },
  async (tx, ctx, { id }) => {
    const key = sealKeyIn(ctx)
    const secret = newSigningSecret()
    const row = await lockWebhook(tx, ctx, id)
    const [rotated] = await tx
      .update(webhooks)
      .set({
        secret: sealSecret(key, row.id, secret),
        previousSecret: row.secret,
        previousSecretUntil: sql`clock_timestamp() + make_interval(hours => ${overlapHours})`,
      })
      .where(eq(webhooks.id, row.id))
      .returning()
    if (!rotated) throw new Error('The webhook was there and is gone.')
    await hastenDeliveries(tx, row)
    await recordAudit(tx, ctx, {
      action: 'webhook.rotated',
      target: { type: 'webhook', id: row.id, label: row.name },
      detail: { previous_valid_until: rotated.previousSecretUntil?.toISOString() ?? null },
    })
    return { ...webhookToWire(rotated), secret }
  },
)
