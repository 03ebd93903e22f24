import { and, eq, exists, inArray, isNotNull, notExists, sql, type SQL } from 'drizzle-orm'
import type { Database, Queryable, Transaction } from '@/db/client'
import { turnKey } from '@/db/queries/delivery-jobs'
import { deliveries, deliveryAttempts, webhooks } from '@/db/schema/notices'
import { addJobs } from '@/lib/jobs/add'
import { isChat, webhookFormats, type WebhookFormat } from './formats/names'

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
  const jobs = webhookIds.toSorted().map((id) => ({
    task: 'deliver_webhook' as const,
    payload: { webhook_id: id },
    queue: queueName(id, false),
    key: turnKey(id),
    ...(runAt instanceof Date ? { runAt } : {}),
  }))
  await addJobs(tx, jobs, runAt === undefined)
}

/**
 * Gives a job to each chat webhook for which something waits and that has none, or one that is tried no more.
 * @returns how many
 */
export async function queueLostTurns(db: Database): Promise<number> {
  const waiting = db
    .select()
    .from(deliveries)
    .where(and(eq(deliveries.webhookId, webhooks.id), waitsForTurn(db)))
  const lost = await db
    .select({ id: webhooks.id })
    .from(webhooks)
    .where(
      and(
        eq(webhooks.enabled, true),
        inArray(webhooks.format, webhookFormats.filter(isChat)),
        exists(waiting),
        sql`not exists (select from graphile_worker.jobs
          where key = ${turnKey('')} || ${webhooks.id} and attempts < max_attempts)`,
      ),
    )
  await db.transaction((tx) =>
    queueTurns(
      tx,
      lost.map((one) => one.id),
    ),
  )
  return lost.length
}

/** A delivery that was not tried yet; a test has a job of its own, and so has what was tried. */
export function waitsForTurn(db: Queryable): SQL {
  const attempts = db.select().from(deliveryAttempts).where(eq(deliveryAttempts.deliveryId, deliveries.id))
  return sql`(${deliveries.status} = 'pending' and ${isNotNull(deliveries.eventId)} and ${notExists(attempts)})`
}

/** The oldest delivery of a chat webhook that was not tried yet, and until when the webhook is left alone. */
export async function findNextInTurn(db: Queryable, webhookId: string) {
  const [row] = await db
    .select({ deliveryId: deliveries.id, quietUntil: webhooks.quietUntil })
    .from(deliveries)
    .innerJoin(webhooks, eq(webhooks.id, deliveries.webhookId))
    .where(and(eq(deliveries.webhookId, webhookId), waitsForTurn(db)))
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
