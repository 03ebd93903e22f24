import { and, eq, isNotNull, sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import { deliveries, deliveryAttempts, webhooks } from '@/db/schema/notices'
import type { Circuit } from './circuit'
import { disableWebhook } from './disable'
import type { LoadedDelivery } from './load'
import { putOffDeliveries, queueJobs } from './queue'
import { isChat } from './formats/names'
import { retryPauseMs } from './schedule'
import { chatPauseMs } from './turn'

/** What one attempt brought; `error` is null where it was delivered. */
export type Attempt = {
  at: Date
  statusCode: number | null
  error: string | null
  durationMs: number
  response: string | null
  /** It kept its worker for seconds. */
  wasSlow: boolean
  /** How long the receiver asks to be left alone. */
  retryAfterMs?: number | undefined
}

const responseBytes = 1024
const failingDays = 5

type SettleDeps = { db: Database; now: () => number; chatPauseMs?: number }

/**
 * Writes an attempt and what follows from it, in one transaction: delivered, tried again later
 * by the schedule but never sooner than the receiver asks, or failed; and where the webhook has failed for five days, or is gone (410), that it is disabled.
 * @returns whether it is to be tried again
 */
export async function settleAttempt(
  deps: SettleDeps & { circuit: Circuit },
  delivery: LoadedDelivery,
  made: Attempt,
): Promise<boolean> {
  const { webhook } = delivery
  return deps.db.transaction(async (tx) => {
    // The webhook's row first, as everybody does who changes it.
    if (made.error !== null && (await hasMoved(tx, webhook))) return tryNewPlace(tx, deps, delivery, made)
    if (made.error === null) deps.circuit.succeeded(webhook.id)
    const failureMs = made.error === null ? 0 : deps.circuit.failed(webhook.id, made.wasSlow, deps.now())
    const holdMs = Math.max(failureMs, made.retryAfterMs ?? 0)
    const isDue = await markWebhook(tx, deps, delivery, made)
    await insertAttempt(tx, delivery.id, made)
    if (made.error === null) await settle(tx, delivery.id, 'delivered')
    const isRetried = made.error !== null && (await fail(tx, deps, delivery, made, isDue))
    if (holdMs > 0) await putOffDeliveries(tx, webhook.id, new Date(deps.now() + holdMs))
    return isRetried
  })
}

/** Whether a webhook was given another address since a delivery to it was loaded; it stays locked. */
async function hasMoved(
  tx: Transaction,
  { id, url, routingKey }: LoadedDelivery['webhook'],
): Promise<boolean> {
  const [now] = await tx
    .select({ url: webhooks.url, routingKey: webhooks.routingKey })
    .from(webhooks)
    .where(eq(webhooks.id, id))
    .for('no key update')
  return now !== undefined && (now.url !== url || now.routingKey !== routingKey)
}

/** What the old place answered holds up nothing, and switches nothing off. */
async function tryNewPlace(
  tx: Transaction,
  deps: SettleDeps,
  { id, type, webhook }: LoadedDelivery,
  made: Attempt,
): Promise<boolean> {
  await insertAttempt(tx, id, made)
  const isTest = type === 'webhook.test'
  if (isTest) await settle(tx, id, 'failed')
  else await queueJobs(tx, [{ deliveryId: id, webhookId: webhook.id, runAt: new Date(deps.now()) }])
  return !isTest
}

/** Writes that there was nothing to send. */
export async function skipDelivery(deps: SettleDeps, delivery: LoadedDelivery, why: string): Promise<void> {
  const at = new Date(deps.now())
  await deps.db.transaction(async (tx) => {
    await insertAttempt(tx, delivery.id, { at, statusCode: null, error: why, durationMs: 0, response: null })
    await settle(tx, delivery.id, 'failed')
  })
}

/**
 * Whether it works, and until when it is left alone: a chat service's pause counts from the answer on.
 * @returns whether it has failed for so long that it is to be disabled
 */
async function markWebhook(
  tx: Transaction,
  deps: SettleDeps,
  delivery: LoadedDelivery,
  made: Attempt,
): Promise<boolean> {
  const { id, format } = delivery.webhook
  const pauseMs = isChat(format) ? (deps.chatPauseMs ?? chatPauseMs) : 0
  const quietMs = Math.max(pauseMs, made.retryAfterMs ?? 0)
  const isTest = delivery.type === 'webhook.test'
  const failingSince = made.error === null ? null : sql`coalesce(${webhooks.failingSince}, clock_timestamp())`
  const change = {
    ...(quietMs > 0
      ? {
          quietUntil: sql`greatest(quiet_until, clock_timestamp() + make_interval(secs => ${quietMs / 1000}))`,
        }
      : {}),
    ...(made.error === null || !isTest ? { failingSince } : {}),
  }
  if (Object.keys(change).length === 0) return false
  const isChange = made.error === null && quietMs === 0 ? isNotNull(webhooks.failingSince) : undefined
  const [row] = await tx
    .update(webhooks)
    .set(change)
    .where(and(eq(webhooks.id, id), isChange))
    .returning({
      isDue: sql<boolean>`${webhooks.failingSince} < clock_timestamp() - make_interval(days => ${failingDays})`,
    })
  return !isTest && (row?.isDue ?? false)
}

/** @returns whether it is to be tried again */
async function fail(
  tx: Transaction,
  deps: SettleDeps,
  delivery: LoadedDelivery,
  made: Attempt,
  isDue: boolean,
): Promise<boolean> {
  const { id, webhook, project } = delivery
  const isGone = made.statusCode === 410
  if (isGone || isDue) {
    const reason = isGone
      ? 'The receiver answered 410 Gone.'
      : `For ${failingDays} days nothing could be delivered. The last attempt: ${made.error ?? ''}`
    await settle(tx, id, 'failed')
    await disableWebhook(tx, { id: webhook.id, name: webhook.name, project }, reason)
    return false
  }
  // Whoever tests is looking on, and tests again.
  const pauseMs = delivery.type === 'webhook.test' ? undefined : retryPauseMs(delivery.failures + 1)
  if (pauseMs === undefined) {
    await settle(tx, id, 'failed')
    return false
  }
  const runAt = new Date(deps.now() + Math.max(pauseMs, made.retryAfterMs ?? 0))
  await queueJobs(tx, [{ deliveryId: id, webhookId: webhook.id, runAt }])
  return true
}

async function insertAttempt(
  tx: Transaction,
  deliveryId: string,
  made: Omit<Attempt, 'wasSlow' | 'retryAfterMs'>,
): Promise<void> {
  const { at, statusCode, error, durationMs } = made
  const response = made.response === null ? null : startOf(made.response)
  await tx.insert(deliveryAttempts).values({ deliveryId, at, statusCode, error, durationMs, response })
}

async function settle(tx: Transaction, deliveryId: string, status: 'delivered' | 'failed'): Promise<void> {
  await tx
    .update(deliveries)
    .set({ status, settledAt: sql`clock_timestamp()` })
    .where(eq(deliveries.id, deliveryId))
}

/** The first kilobyte, in what PostgreSQL takes as text. */
function startOf(response: string): string {
  const bytes = Buffer.from(response.slice(0, responseBytes)).subarray(0, responseBytes)
  return bytes
    .toString('utf8')
    .replace(/\ufffd+$/, '')
    .replaceAll('\0', '\ufffd')
}
