import { z } from 'zod'
import { findWebhook, listDeliveries, listWebhooks, type Paging } from '@/db/queries/webhooks'
import type { Context } from '@/lib/context'
import { pick, wants, type Fields, type Listed } from '@/lib/fields'
import { requireNeed } from '@/lib/need'
import { fieldsOf, listOf, paging, Paging as PagingQuery } from '@/lib/query'
import { verb } from '@/lib/verb'
import { noSuchWebhook } from './lock'
import { Delivery, Webhook, WebhookById } from './schemas'
import { deliveryToWire, webhookToWire } from './wire'

const need = 'admin'

/**
 * A page of the project's webhooks, newest first.
 * @throws AppError `forbidden` below admin, `invalid_cursor`
 */
export const readWebhooks = verb(
  { summary: 'List webhooks', need, query: PagingQuery, output: listOf(Webhook), refuses: [] },
  async (ctx, page) => {
    const { items, nextCursor } = await listWebhooks(ctx.db, ctx.project.id, page)
    return { items: items.map(webhookToWire), next_cursor: nextCursor }
  },
)

/** @throws AppError `forbidden` below admin, `not_found` */
export async function readWebhook(ctx: Context, id: string): Promise<Webhook> {
  requireNeed(ctx, need)
  const record = await findWebhook(ctx.db, ctx.project.id, id)
  if (!record) throw noSuchWebhook()
  return webhookToWire(record)
}

/**
 * A page of a webhook's deliveries, newest first, each with every attempt, as many as its bytes allow.
 * @param fields members to give; attempts are not read where they are not among them
 * @throws AppError `forbidden` below admin, `not_found`, `invalid_cursor`
 */
export async function readDeliveries<K extends keyof Delivery = keyof Delivery>(
  ctx: Context,
  webhookId: string,
  page: Paging,
  fields?: Fields<K>,
): Promise<Listed<Pick<Delivery, K>>> {
  await readWebhook(ctx, webhookId)
  const withAttempts = wants<string>(fields, 'attempts')
  const { items, nextCursor } = await listDeliveries(ctx.db, ctx.project.id, webhookId, page, withAttempts)
  return { items: items.map((record) => pick(deliveryToWire(record), fields)), next_cursor: nextCursor }
}

export const readWebhookVerb = verb(
  { summary: 'Read a webhook', need, path: WebhookById, output: Webhook, refuses: ['not_found'] },
  (ctx, { id }) => readWebhook(ctx, id),
)

export const readDeliveriesVerb = verb(
  {
    summary: 'List deliveries with their attempts',
    need,
    path: WebhookById,
    query: z.strictObject({ ...paging, fields: fieldsOf(Delivery.keyof().options, ['id']) }),
    output: listOf(Delivery),
    refuses: ['not_found'],
  },
  (ctx, { id, fields, ...page }) => readDeliveries(ctx, id, page, fields),
)
