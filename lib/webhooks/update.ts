import { eq } from 'drizzle-orm'
import { webhooks } from '@/db/schema/notices'
import { recordAudit } from '@/lib/audit/record'
import type { Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { change } from '@/lib/verb'
import { sharedCircuit } from './circuit'
import { clearDisabledNotices } from './disable'
import { lockWebhook } from './lock'
import { canSend } from './formats/names'
import { failPendingDeliveries, hastenDeliveries } from './queue'
import { sealKeyIn, sealSecret } from './encrypt'
import { cannotSend, UpdateWebhookInput, Webhook, WebhookById } from './schemas'
import { checkWebhookUrl, hostOf, type OutboundRules } from './url'
import { webhookToWire } from './wire'

type Row = typeof webhooks.$inferSelect
type Change = Partial<
  Pick<
    Row,
    'name' | 'url' | 'events' | 'routingKey' | 'enabled' | 'disabledReason' | 'failingSince' | 'quietUntil'
  >
>

/**
 * Changes a webhook. Switched off, what was not delivered yet is given up; switched on, it starts afresh. With a new
 * address all that waits is due at once.
 * @throws AppError `forbidden` below admin, `not_found`, `invalid_input` for a URL that may not be called, another
 * format, or a routing key where the format has none
 */
export const updateWebhook = change(
  {
    summary: 'Change a webhook',
    need: 'admin',
    path: WebhookById,
    input: UpdateWebhookInput,
    output: Webhook,
    refuses: ['not_found'],
  },
  async (tx, ctx, input, rules: OutboundRules) => {
    const row = await lockWebhook(tx, ctx, input.id)
    refuseOtherFormat(row, input)
    const url = input.url === undefined ? undefined : checkWebhookUrl(input.url, row.format, rules)
    const change = changeOf(ctx, row, { ...input, url })
    if (Object.keys(change).length === 0) return webhookToWire(row)
    const [changed] = await tx.update(webhooks).set(change).where(eq(webhooks.id, row.id)).returning()
    if (!changed) throw new Error('The webhook was there and is gone.')
    if (change.enabled === false) await failPendingDeliveries(tx, row.id)
    if (change.enabled === true) await clearDisabledNotices(tx, row.id)
    const isMoved = change.url !== undefined || change.routingKey !== undefined
    if (change.enabled === true || isMoved) sharedCircuit.forget(row.id)
    if (isMoved && changed.enabled) await hastenDeliveries(tx, row)
    await recordAudit(tx, ctx, {
      action: 'webhook.updated',
      target: { type: 'webhook', id: row.id, label: changed.name },
      detail: { changed: auditOf(change) },
    })
    return webhookToWire(changed)
  },
)

function refuseOtherFormat(row: Row, input: UpdateWebhookInput): void {
  if (input.events?.some((event) => !canSend(row.format, event)))
    throw new AppError('invalid_input', cannotSend(row.format), {
      errors: [{ pointer: '/events', detail: cannotSend(row.format) }],
    })
  const fault = (pointer: string, detail: string) =>
    new AppError('invalid_input', `${detail} (${pointer})`, { errors: [{ pointer, detail }] })
  if (input.format !== undefined && input.format !== row.format) {
    throw fault('/format', 'The format of a webhook stays; make another webhook.')
  }
  if (input.routing_key !== undefined && row.format !== 'pagerduty') {
    throw fault('/routing_key', 'Only the format pagerduty has a routing key.')
  }
}

function changeOf(
  ctx: Context,
  row: Row,
  input: Omit<UpdateWebhookInput, 'url'> & { url: string | undefined },
): Change {
  const { name, url, events, routing_key: routingKey, enabled } = input
  const isNewUrl = url !== undefined && url !== row.url
  const isNewEvents = events !== undefined && events.toSorted().join() !== row.events.toSorted().join()
  const isMoved = isNewUrl || routingKey !== undefined
  const isSwitched = enabled !== undefined && enabled !== row.enabled
  return {
    ...(name !== undefined && name !== row.name ? { name } : {}),
    ...(isNewUrl ? { url } : {}),
    ...(isNewEvents ? { events } : {}),
    ...(routingKey === undefined
      ? {}
      : { routingKey: sealSecret(sealKeyIn(ctx), `${row.id}:routing`, routingKey) }),
    ...(isSwitched ? { enabled, disabledReason: null } : {}),
    // What the old place asked for, or did, says nothing of the new one.
    ...(isMoved || (isSwitched && enabled) ? { failingSince: null, quietUntil: null } : {}),
  }
}

/** What was changed, without secrets. */
function auditOf({ name, url, events, enabled, routingKey }: Change): Record<string, unknown> {
  return {
    ...(name === undefined ? {} : { name }),
    ...(url === undefined ? {} : { host: hostOf(url) }),
    ...(events === undefined ? {} : { events }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(routingKey === undefined ? {} : { routing_key: 'replaced' }),
  }
}
