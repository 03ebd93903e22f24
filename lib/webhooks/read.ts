import { findWebhook, listDeliveries, listWebhooks, type Paging } from '@/db/queries/webhooks'
import { requireRole, type Context } from '@/lib/context'
import { noSuchWebhook } from './lock'
import type { Delivery, Webhook } from './schemas'
import { deliveryToWire, webhookToWire } from './wire'

/**
 * A page of the project's webhooks, newest first.
 * @throws AppError `forbidden` below admin, `invalid_cursor`
 */
export async function readWebhooks(
  ctx: Context,
  page: Paging,
): Promise<{ items: Webhook[]; next_cursor: string | null }> {
  requireRole(ctx, 'admin')
  const { items, nextCursor } = await listWebhooks(ctx.db, ctx.project.id, page)
  return { items: items.map(webhookToWire), next_cursor: nextCursor }
}

/** @throws AppError `forbidden` below admin, `not_found` */
export async function readWebhook(ctx: Context, id: string): Promise<Webhook> {
  requireRole(ctx, 'admin')
  const record = await findWebhook(ctx.db, ctx.project.id, id)
  if (!record) throw noSuchWebhook()
  return webhookToWire(record)
}

/**
 * A page of a webhook's deliveries, newest first, each with every attempt.
 * @throws AppError `forbidden` below admin, `not_found`, `invalid_cursor`
 */
export async function readDeliveries(
  ctx: Context,
  webhookId: string,
  page: Paging,
): Promise<{ items: Delivery[]; next_cursor: string | null }> {
  await readWebhook(ctx, webhookId)
  const { items, nextCursor } = await listDeliveries(ctx.db, ctx.project.id, webhookId, page)
  return { items: items.map(deliveryToWire), next_cursor: nextCursor }
}
