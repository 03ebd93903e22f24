import { and, eq, inArray, ne, not, sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '@/db/client'
import { readClock } from '@/db/queries/clock'
import { deliveryKey, deliveryKeyPrefix } from '@/db/queries/delivery-jobs'
import type { EventRecord } from '@/db/queries/events'
import { deliveries, webhooks } from '@/db/schema/notices'
import { newId } from '@/lib/ids'
import { addJobs, type KeyedJob } from '@/lib/jobs/add'
import { isChat, type WebhookFormat } from './formats/names'
import { messageIdOf } from './message-id'
import { queueName, queueTurns, waitsForTurn } from './turn'

/** One change of an approval, as the outbox has it. */
export type WebhookEventRow = {
  id: number
  projectId: string
  approvalId: string
  type: EventRecord['type']
}

/** A try to send one delivery. */
export type DeliveryJob = {
  deliveryId: string
  webhookId: string
  /** Somebody asked for it just now: it waits for nothing, and has a queue beside the webhook's. */
  isByHand?: boolean
  runAt?: Date
}

/**
 * Writes one delivery for each event and each enabled webhook of its project that wants it, with the job that sends
 * it, or for a chat service the one job that sends what waits in turn; in the caller's transaction, so that they
 * exist exactly if it commits. Running again makes nothing twice. A few statements, whatever the number of the events.
 */
export async function queueDeliveries(tx: Transaction, events: WebhookEventRow[]): Promise<void> {
  if (events.length === 0) return
  const hooks = await tx
    .select({
      id: webhooks.id,
      projectId: webhooks.projectId,
      events: webhooks.events,
      format: webhooks.format,
    })
    .from(webhooks)
    .where(
      and(
        inArray(webhooks.projectId, [...new Set(events.map((event) => event.projectId))]),
        eq(webhooks.enabled, true),
      ),
    )
    .orderBy(webhooks.id)
    .for('key share')
  const rows = events.flatMap((event) =>
    hooks
      .filter((hook) => hook.projectId === event.projectId && hook.events.includes(typeOf(event)))
      .map((hook) => newDelivery(hook.id, event)),
  )
  if (rows.length === 0) return
  const made = await tx.execute<{ deliveryId: string; webhookId: string }>(sql`
    insert into deliveries (id, project_id, webhook_id, event_id, message_id, type, approval_id)
    select id, "projectId", "webhookId", "eventId", "messageId", type, "approvalId"
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as row(id text, "projectId" text, "webhookId" text,
      "eventId" bigint, "messageId" text, type text, "approvalId" text)
    on conflict (webhook_id, event_id) do nothing
    returning id as "deliveryId", webhook_id as "webhookId"`)
  const inTurn = new Set(hooks.filter((hook) => isChat(hook.format)).map((hook) => hook.id))
  const atOnce = made.filter((one) => !inTurn.has(one.webhookId))
  if (atOnce.length > 0) await queueJobs(tx, atOnce)
  await queueTurns(
    tx,
    [...new Set(made.map((one) => one.webhookId))].filter((id) => inTurn.has(id)),
  )
}

function typeOf(event: WebhookEventRow): string {
  return `approval.${event.type}`
}

function newDelivery(webhookId: string, event: WebhookEventRow) {
  const id = newId('delivery')
  const { projectId, approvalId } = event
  return {
    id,
    projectId,
    webhookId,
    eventId: event.id,
    messageId: messageIdOf(id),
    type: typeOf(event),
    approvalId,
  }
}

/**
 * Adds jobs, each in the place of one that waits for the same delivery. One webhook's jobs run one after the
 * other, in the order of the events, so that a slow target takes one worker at most.
 */
export async function queueJobs(tx: Transaction, jobs: DeliveryJob[]): Promise<void> {
  await addJobs(tx, jobs.map(jobOf))
}

function jobOf({ deliveryId, webhookId, isByHand = false, runAt }: DeliveryJob): KeyedJob {
  return {
    task: 'deliver_webhook',
    payload: { delivery_id: deliveryId, by_hand: isByHand },
    queue: queueName(webhookId, isByHand),
    key: deliveryKey(deliveryId),
    ...(runAt ? { runAt } : {}),
  }
}

/**
 * What of a webhook is due and waits for the job of it that runs, oldest first. Only that job may ask: as long as
 * it runs, no worker takes another of its queue.
 */
export async function listDueJobs(db: Queryable, webhookId: string, limit: number) {
  const rows = await db.execute<{ id: string; key: string }>(sql`
    select id::text as id, key from graphile_worker.jobs
    where queue_name = ${queueName(webhookId, false)} and locked_at is null and run_at <= now()
      and attempts < max_attempts and key like ${`${deliveryKeyPrefix}%`}
    order by priority, run_at, id limit ${limit}`)
  return rows.map((row) => ({ id: row.id, deliveryId: row.key.slice(deliveryKeyPrefix.length) }))
}

/** Takes a job away that is done; one that was given a later time meanwhile stays. */
export async function finishJob(db: Queryable, id: string): Promise<void> {
  await db.execute(sql`
    select count(*) from graphile_worker.complete_jobs(
      array(select id from graphile_worker.jobs where id = ${id}::bigint and run_at <= now()))`)
}

/** Puts off, in one statement, everything of a webhook that waits and would be sent before `until`. */
export async function putOffDeliveries(tx: Transaction, webhookId: string, until: Date): Promise<void> {
  const moment = until.toISOString()
  await tx.execute(sql`
    select count(*) from graphile_worker.reschedule_jobs(
      array(select id from graphile_worker.jobs
            where queue_name = ${queueName(webhookId, false)} and locked_at is null and run_at < ${moment}::timestamptz),
      run_at => ${moment}::timestamptz)`)
}

/** Makes everything due at once that waits for a webhook, in the order in which it happened; tests stay as they are. */
export async function hastenDeliveries(
  tx: Transaction,
  { id, format }: { id: string; format: WebhookFormat },
): Promise<void> {
  const isWaiting = and(
    eq(deliveries.webhookId, id),
    eq(deliveries.status, 'pending'),
    ne(deliveries.type, 'webhook.test'),
    isChat(format) ? not(waitsForTurn(tx)) : undefined,
  )
  const waiting = await tx
    .select({ deliveryId: deliveries.id })
    .from(deliveries)
    .where(isWaiting)
    .orderBy(deliveries.createdAt, deliveries.eventId)
  const first = (await readClock(tx)).getTime() - waiting.length
  await queueJobs(
    tx,
    waiting.map(({ deliveryId }, at) => ({ deliveryId, webhookId: id, runAt: new Date(first + at) })),
  )
  if (isChat(format)) await queueTurns(tx, [id], 'now')
}

/** Gives up what of a webhook was not delivered yet: it is failed, and can be delivered again by hand. */
export async function failPendingDeliveries(tx: Transaction, webhookId: string): Promise<void> {
  await tx
    .update(deliveries)
    .set({ status: 'failed', settledAt: sql`clock_timestamp()` })
    .where(and(eq(deliveries.webhookId, webhookId), eq(deliveries.status, 'pending')))
  await dropJobs(tx, webhookId)
}

/** Takes the webhook's waiting jobs back; one that runs ends by itself. */
export async function dropJobs(tx: Transaction, webhookId: string): Promise<void> {
  await tx.execute(sql`
    select count(*) from graphile_worker.complete_jobs(
      array(select id from graphile_worker.jobs
            where queue_name in (${queueName(webhookId, false)}, ${queueName(webhookId, true)}) and locked_at is null))`)
}
