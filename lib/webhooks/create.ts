import { countWebhooks } from '@/db/queries/webhooks'
import { webhooks } from '@/db/schema/notices'
import { recordAudit } from '@/lib/audit/record'
import { requireRole, type Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { newId } from '@/lib/ids'
import { assertStillAllowed } from '@/lib/rights'
import { webhookEvents } from './formats/names'
import { pagerdutyUrl } from './formats/pagerduty'
import { newSigningSecret, sealKeyIn, sealSecret } from './encrypt'
import type { CreateWebhookInput, WebhookWithSecret } from './schemas'
import { checkWebhookUrl, hostOf, type OutboundRules } from './url'
import { webhookToWire } from './wire'

/** Each event goes to all of them. */
const mostWebhooks = 50

/**
 * Makes a webhook of the project. The signing secret is in the answer and never again.
 * @throws AppError `forbidden` below admin, `invalid_input` for a URL that may not be called, `conflict` where
 * the project has 50
 */
export async function createWebhook(
  ctx: Context,
  input: CreateWebhookInput,
  rules: OutboundRules,
): Promise<WebhookWithSecret> {
  requireRole(ctx, 'admin')
  const url = checkWebhookUrl(input.url ?? pagerdutyUrl, input.format, rules)
  const id = newId('webhook')
  const key = sealKeyIn(ctx)
  const secret = newSigningSecret()
  const { format, routing_key: routingKey, events = webhookEvents, enabled = true } = input
  return ctx.db.transaction(async (tx) => {
    await assertStillAllowed(tx, ctx, 'admin')
    if ((await countWebhooks(tx, ctx.project.id)) >= mostWebhooks) {
      throw new AppError('conflict', `A project has at most ${mostWebhooks} webhooks; delete one first.`)
    }
    const [row] = await tx
      .insert(webhooks)
      .values({
        id,
        projectId: ctx.project.id,
        name: input.name ?? hostOf(url).slice(0, 100),
        format,
        url,
        secret: sealSecret(key, id, secret),
        routingKey: routingKey === undefined ? null : sealSecret(key, `${id}:routing`, routingKey),
        events: [...events],
        enabled,
      })
      .returning()
    if (!row) throw new Error('The webhook was not kept.')
    await recordAudit(tx, ctx, {
      action: 'webhook.created',
      target: { type: 'webhook', id, label: row.name },
      detail: { format, host: hostOf(url), events: row.events, enabled },
    })
    return { ...webhookToWire(row), secret }
  })
}
