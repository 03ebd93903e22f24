import { and, eq, isNotNull, notExists, sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '@/db/client'
import { turnKey } from '@/db/queries/delivery-jobs'
import { deliveries, deliveryAttempts, webhooks } from '@/db/schema/notices'
import { isChat, type WebhookFormat } from './formats/names'

/** Chat services take about one message a second from a webhook. */
export const chatPauseMs = 1000

/** The queue of a webhook's jobs, which run one after the other; what is asked for by hand has one beside it. */
export function queueName(webhookId: string, isByHand: boolean): string {
  return `webhook:${webhookId}${isByHand ? ':by-hand' : ''}`
}

/**
 * Sees to it that what waits for these chat webhooks is sent: one job for each, which sends the oldest and leaves
 * the rest to its successor, so that thousands that wait cost no more than one.
 * @param runAt moves one that waits to this moment; without it, one that waits keeps its time
 */
export async function queueTurns(tx: Transaction, webhookIds: string[], runAt?: Date | 'now'): Promise<void> {
  if (webhookIds.length === 0) return
  const moment = runAt instanceof Date ? runAt.toISOString() : null
  const specs = webhookIds.toSorted().map((id) => ({
    payload: { webhook_id: id },
    queue: queueName(id, false),
    key: turnKey(id),
  }))
  await tx.execute(sql`
    select count(*) from graphile_worker.add_jobs(
      (select array_agg(row('deliver_webhook', s->'payload', s->>'queue', ${moment}::timestamptz,
         null, s->>'key', null, null)::graphile_worker.job_spec order by n)
       from json_array_elements(${JSON.stringify(specs)}::text::json) with ordinality as spec(s, n)),
      job_key_preserve_run_at => ${runAt === undefined})`)
}

/** The oldest delivery of a chat webhook that was not tried yet, and until when the webhook is left alone. */
export async function findNextInTurn(db: Queryable, webhookId: string) {
  const attempts = db.select().from(deliveryAttempts).where(eq(deliveryAttempts.deliveryId, deliveries.id))
  const [row] = await db
    .select({ deliveryId: deliveries.id, quietUntil: webhooks.quietUntil })
    .from(deliveries)
    .innerJoin(webhooks, eq(webhooks.id, deliveries.webhookId))
    .where(
      and(
        eq(deliveries.webhookId, webhookId),
        eq(deliveries.status, 'pending'),
        isNotNull(deliveries.eventId),
        notExists(attempts),
      ),
    )
    .orderBy(deliveries.eventId)
    .limit(1)
  return row
}

/**
 * Asks, over all processes, whether something may be sent to a webhook now. Where it is a chat service, whoever is
 * told yes has taken the turn, and the next one comes after the pause.
 * @returns undefined for yes, else until when the webhook is left alone
 */
export async function takeTurn(
  db: Queryable,
  webhook: { id: string; format: WebhookFormat },
  pauseMs: number,
): Promise<Date | undefined> {
  if (isChat(webhook.format)) {
    const [taken] = await db
      .update(webhooks)
      .set({ quietUntil: sql`clock_timestamp() + make_interval(secs => ${pauseMs / 1000})` })
      .where(
        and(eq(webhooks.id, webhook.id), sql`coalesce(${webhooks.quietUntil} <= clock_timestamp(), true)`),
      )
      .returning({ id: webhooks.id })
    if (taken) return undefined
  }
  const [found] = await db
    .select({
      quietUntil: webhooks.quietUntil,
      isQuiet: sql<boolean>`coalesce(${webhooks.quietUntil} > clock_timestamp(), false)`,
    })
    .from(webhooks)
    .where(eq(webhooks.id, webhook.id))
  const mustWait = found?.isQuiet || isChat(webhook.format)
  return mustWait ? (found?.quietUntil ?? undefined) : undefined
}
