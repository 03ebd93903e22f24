import type { Database } from '@/db/client'
import { OutboundError } from '@/lib/outbound/error'
import { sendOutbound, type OutboundWorld } from '@/lib/outbound/send'
import { sharedCircuit, type Circuit } from './circuit'
import { freezeBody } from './freeze'
import { withRoutingKey } from './formats/pagerduty'
import { signatureHeaders } from './formats/standard'
import { loadDelivery, type LoadedDelivery } from './load'
import { failPendingDeliveries, queueJobs } from './queue'
import { openSecret } from './seal'
import { settleAttempt, skipDelivery, type Attempt } from './settle'

export type DeliverDeps = {
  db: Database
  /** Base of the links in bodies. */
  appUrl: string
  /** 32 bytes under which secrets are kept. */
  sealKey: Buffer
  /** CIDR ranges that may be called although private. */
  outboundAllow: readonly string[]
  circuit?: Circuit
  /** What tests put in place of the world. */
  world?: OutboundWorld
}

export type DeliveryPayload = { delivery_id: string; tries: number; by_hand: boolean }

/**
 * Makes one attempt to send a delivery and writes what came of it: delivered, to be tried again by the schedule
 * of Standard Webhooks, or failed. What was settled meanwhile is left alone. The body is frozen before the first
 * send, so that every attempt, redelivery included, sends the same under the same id.
 * @param signal fires where the process is about to stop; the job is then done again by another
 * @throws Error where nothing could be found out or written; the job is then tried again
 */
export async function deliverWebhook(deps: DeliverDeps, payload: DeliveryPayload, signal?: AbortSignal): Promise<void> {
  const delivery = await loadDelivery(deps.db, payload.delivery_id)
  if (!delivery || delivery.status !== 'pending') return
  const { webhook } = delivery
  const isTest = delivery.type === 'webhook.test'
  if (!webhook.enabled && !isTest) {
    await deps.db.transaction((tx) => failPendingDeliveries(tx, webhook.id))
    return
  }
  const circuit = deps.circuit ?? sharedCircuit
  const entered = circuit.enter(webhook.id, webhook.failingSince !== null, payload.by_hand, Date.now())
  if (typeof entered === 'number') {
    await putOff(deps.db, delivery, payload, entered)
    return
  }
  try {
    await attempt({ ...deps, circuit }, delivery, payload, signal)
  } finally {
    entered()
  }
}

async function putOff(db: Database, delivery: LoadedDelivery, payload: DeliveryPayload, waitMs: number): Promise<void> {
  const { tries, by_hand: isByHand } = payload
  const runAt = new Date(Date.now() + waitMs)
  const job = { deliveryId: delivery.id, webhookId: delivery.webhook.id, tries, isByHand, runAt }
  await db.transaction((tx) => queueJobs(tx, [job]))
}

async function attempt(
  deps: DeliverDeps & { circuit: Circuit },
  delivery: LoadedDelivery,
  payload: DeliveryPayload,
  signal: AbortSignal | undefined,
): Promise<void> {
  const frozen = await freezeBody(deps, delivery)
  if ('skip' in frozen) {
    await skipDelivery(deps.db, delivery, frozen.skip)
    return
  }
  const made = await send(deps, delivery, frozen.body, signal)
  await settleAttempt(deps, delivery, { ...made, failures: payload.tries + 1 })
}

async function send(
  deps: DeliverDeps,
  delivery: LoadedDelivery,
  frozen: string,
  signal: AbortSignal | undefined,
): Promise<Attempt> {
  const { webhook } = delivery
  const at = new Date()
  const startedAt = performance.now()
  const key = webhook.routingKey
  const body = key === null ? frozen : withRoutingKey(frozen, openSecret(deps.sealKey, `${webhook.id}:routing`, key))
  const secrets = webhook.secrets.map((sealed) => openSecret(deps.sealKey, webhook.id, sealed))
  const headers = { 'Content-Type': 'application/json', ...signatureHeaders(delivery.messageId, at, body, secrets) }
  try {
    const request = { url: webhook.url, method: 'POST' as const, headers, body, allow: deps.outboundAllow, signal }
    const answer = await sendOutbound(request, deps.world)
    const isSuccess = answer.status >= 200 && answer.status < 300
    const isRedirect = answer.status >= 300 && answer.status < 400
    const error = isSuccess ? null : isRedirect ? 'Redirects are not followed.' : `The receiver answered ${answer.status}.`
    return { at, statusCode: answer.status, error, durationMs: answer.durationMs, response: answer.body, wasSlow: false }
  } catch (error) {
    if (!(error instanceof OutboundError) || error.fault === 'stopped') throw error
    const durationMs = Math.round(performance.now() - startedAt)
    const wasSlow = error.fault === 'deadline' || durationMs > 5000
    return { at, statusCode: null, error: error.message, durationMs, response: null, wasSlow }
  }
}
