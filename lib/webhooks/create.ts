import { countWebhooks } from '@/db/queries/webhooks'
import { webhooks } from '@/db/schema/notices'
import { recordAudit } from '@/lib/audit/record'
import { AppError } from '@/lib/errors'
import { newId } from '@/lib/ids'
import { change } from '@/lib/verb'
import { webhookEvents } from './formats/names'
import { pagerdutyUrl } from './formats/pagerduty'
import { newSigningSecret, sealKeyIn, sealSecret } from './encrypt'
import { CreateWebhookInput, WebhookWithSecret } from './schemas'
import { checkWebhookUrl, hostOf, type OutboundRules } from './url'
import { webhookToWire } from './wire'

/** Each event goes to all of them. */
const mostWebhooks = 50

/**
 * Makes a webhook of the project. The signing secret is in the answer and never again.
 * @throws AppError `forbidden` below admin, `invalid_input` for a URL that may not be called, `conflict` where
 * the project has 50
 */
export const createWebhook = change(
  {
    summary: 'Add a webhook',
    need: 'admin',
    input: CreateWebhookInput,
    output: WebhookWithSecret,
    status: 201,
    refuses: ['conflict'],
  },
  async (tx, ctx, input, rules: OutboundRules) => {
    const url = checkWebhookUrl(input.url ?? pagerdutyUrl, input.format, rules)
    const id = newId('webhook')
    const key = sealKeyIn(ctx)
    const secret = newSigningSecret()
    const { format, routing_key: routingKey, events = webhookEvents, enabled = true } = input
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
  },
)
