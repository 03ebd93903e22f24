import type { Database } from '@/db/client'
import { OutboundError } from '@/lib/outbound/error'
import { sendOutbound, type OutboundWorld } from '@/lib/outbound/send'
import { sharedCircuit, type Circuit } from './circuit'
import { freezeBody } from './freeze'
import { withRoutingKey } from './formats/pagerduty'
import { signatureHeaders } from './formats/standard'
import { loadDelivery, type LoadedDelivery } from './load'
import { failPendingDeliveries, finishJob, listDueJobs, putOffDeliveries, queueJobs } from './queue'
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
  /** Milliseconds since 1970 of this process: attempts are stamped and holds counted by it. */
  now: () => number
  circuit?: Circuit
  /** What tests put in place of the world. */
  world?: OutboundWorld
}

export type DeliveryPayload = { delivery_id: string; by_hand: boolean }

/** What became of one delivery; `held`: nothing is to be sent to its webhook for now. */
type Outcome = { webhookId: string; now: 'done' | 'later' | 'held' }

const batchSize = 50
const turnMs = 5000

/**
 * Makes one attempt to send a delivery and writes what came of it: delivered, to be tried again by the schedule
 * of Standard Webhooks, or failed. Then does the same for what else of its webhook is due, one after the other, for
 * five seconds. What was settled meanwhile is left alone.
 * @param signal fires where the process is about to stop; the job is then done again by another
 * @throws Error where nothing could be found out or written; the job is then tried again
 */
export async function deliverWebhook(
  deps: DeliverDeps,
  payload: DeliveryPayload,
  signal?: AbortSignal,
): Promise<void> {
  const startedAt = performance.now()
  const first = await deliverOne(deps, payload.delivery_id, payload.by_hand, signal)
  if (!first || first.now === 'held' || payload.by_hand) return
  for (;;) {
    const due = await listDueJobs(deps.db, first.webhookId, batchSize)
    if (due.length === 0) return
    for (const job of due) {
      if (signal?.aborted || performance.now() - startedAt > turnMs) return
      const outcome = await deliverOne(deps, job.deliveryId, false, signal)
      if (outcome?.now === 'held') return
      if (outcome?.now !== 'later') await finishJob(deps.db, job.id)
    }
  }
}

async function deliverOne(
  deps: DeliverDeps,
  deliveryId: string,
  isByHand: boolean,
  signal: AbortSignal | undefined,
): Promise<Outcome | undefined> {
  const delivery = await loadDelivery(deps.db, deliveryId)
  if (!delivery) return undefined
  const { webhook } = delivery
  const is = (now: Outcome['now']): Outcome => ({ webhookId: webhook.id, now })
  if (delivery.status !== 'pending') return is('done')
  if (!webhook.enabled && delivery.type !== 'webhook.test') {
    await deps.db.transaction((tx) => failPendingDeliveries(tx, webhook.id))
    return is('done')
  }
  const circuit = deps.circuit ?? sharedCircuit
  const entered = circuit.enter(webhook.id, webhook.failingSince !== null, isByHand, deps.now())
  if (typeof entered === 'number') {
    const runAt = new Date(deps.now() + entered)
    await deps.db.transaction(async (tx) => {
      await queueJobs(tx, [{ deliveryId, webhookId: webhook.id, isByHand, runAt }])
      if (!isByHand) await putOffDeliveries(tx, webhook.id, runAt)
    })
    return is('held')
  }
  try {
    return is((await attempt({ ...deps, circuit }, delivery, signal)) ? 'later' : 'done')
  } finally {
    entered()
  }
}

/**
 * The body is frozen before the first send, so that every attempt, redelivery included, sends the same under the
 * same id.
 * @returns whether it is to be tried again
 */
async function attempt(
  deps: DeliverDeps & { circuit: Circuit },
  delivery: LoadedDelivery,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const frozen = await freezeBody(deps, delivery)
  if ('skip' in frozen) {
    await skipDelivery(deps, delivery, frozen.skip)
    return false
  }
  return settleAttempt(deps, delivery, await send(deps, delivery, frozen.body, signal))
}

async function send(
  deps: DeliverDeps,
  delivery: LoadedDelivery,
  frozen: string,
  signal: AbortSignal | undefined,
): Promise<Attempt> {
  const { webhook } = delivery
  const at = new Date(deps.now())
  const startedAt = performance.now()
  const key = webhook.routingKey
  const body =
    key === null ? frozen : withRoutingKey(frozen, openSecret(deps.sealKey, `${webhook.id}:routing`, key))
  const secrets = webhook.secrets.map((sealed) => openSecret(deps.sealKey, webhook.id, sealed))
  const headers = {
    'Content-Type': 'application/json',
    ...signatureHeaders(delivery.messageId, at, body, secrets),
  }
  try {
    const request = {
      url: webhook.url,
      method: 'POST' as const,
      headers,
      body,
      allow: deps.outboundAllow,
      signal,
    }
    const answer = await sendOutbound(request, deps.world)
    const isSuccess = answer.status >= 200 && answer.status < 300
    const isRedirect = answer.status >= 300 && answer.status < 400
    const error = isSuccess
      ? null
      : isRedirect
        ? 'Redirects are not followed.'
        : `The receiver answered ${answer.status}.`
    return {
      at,
      statusCode: answer.status,
      error,
      durationMs: answer.durationMs,
      response: answer.body,
      wasSlow: false,
    }
  } catch (error) {
    if (!(error instanceof OutboundError) || error.fault === 'stopped') throw error
    const durationMs = Math.round(performance.now() - startedAt)
    const wasSlow = error.fault === 'deadline' || durationMs > 5000
    return { at, statusCode: null, error: error.message, durationMs, response: null, wasSlow }
  }
}
