import { listRunTimes, deliveryKey, turnKey } from '@/db/queries/delivery-jobs'
import { listWebhookFailures, listWebhookHours } from '@/db/queries/webhook-health'
import type { Context } from '@/lib/context'
import { requireNeed } from '@/lib/need'

/** How a webhook does: its last 24 hours, the oldest first, and its last attempt where that failed. */
export type WebhookHealth = {
  hours: { delivered: number; failed: number }[]
  failure: { words: string; at: string; next_attempt_at: string | null } | null
}

/**
 * How each of these webhooks of the project does.
 * @throws AppError `forbidden` below admin
 */
export async function readWebhookHealth(ctx: Context, ids: string[]): Promise<Record<string, WebhookHealth>> {
  requireNeed(ctx, 'admin')
  const [hours, failures] = await Promise.all([
    listWebhookHours(ctx.db, ctx.project.id, ids),
    listWebhookFailures(ctx.db, ctx.project.id, ids),
  ])
  const times = await listRunTimes(
    ctx.db,
    failures.flatMap(({ deliveryId, webhookId }) => [deliveryKey(deliveryId), turnKey(webhookId)]),
  )
  return Object.fromEntries(
    ids.map((id) => {
      const failed = failures.find(({ webhookId }) => webhookId === id)
      const next = failed && (times.get(deliveryKey(failed.deliveryId)) ?? times.get(turnKey(id)))
      const failure = failed && {
        words: failed.statusCode === null ? failed.error : `The receiver answered ${failed.statusCode}.`,
        at: failed.at.toISOString(),
        next_attempt_at: next?.toISOString() ?? null,
      }
      return [
        id,
        { hours: twentyFour(hours.filter(({ webhookId }) => webhookId === id)), failure: failure ?? null },
      ]
    }),
  )
}

function twentyFour(
  hours: { hoursAgo: number; delivered: number; failed: number }[],
): WebhookHealth['hours'] {
  return Array.from({ length: 24 }, (_, at) => {
    const hour = hours.find(({ hoursAgo }) => hoursAgo === 23 - at)
    return { delivered: hour?.delivered ?? 0, failed: hour?.failed ?? 0 }
  })
}
