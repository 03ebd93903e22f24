import type { Database } from '@/db/client'
import { log } from '@/lib/log'
import { traceHeaders } from '@/lib/traces'
import { OutboundError } from '@/lib/outbound/error'
import { retryAfterMs } from '@/lib/outbound/retry-after'
import { sendOutbound, type OutboundWorld } from '@/lib/outbound/send'
import { isOfTheRow } from '@/lib/work/in-turns'
import { addressBody } from './address'
import { sharedCircuit, type Circuit } from './circuit'
import { freezeBody } from './freeze'
import { signatureHeaders } from './formats/standard'
import { loadDelivery, type LoadedDelivery } from './load'
import { failPendingDeliveries, finishJob, listDueJobs, putOffDeliveries, queueJobs } from './queue'
import { openSecret } from './encrypt'
import { settleAttempt, skipDelivery, type Attempt } from './settle'
import { chatPauseMs, findNextInTurn, queueTurns, takeTurn } from './turn'

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
  /** Between two messages to a chat service, in milliseconds; a second where it is missing. */
  chatPauseMs?: number
}

/** One delivery, or whatever of a chat webhook is next. */
export type DeliveryPayload = { delivery_id: string; by_hand: boolean } | { webhook_id: string }

/** Whose job it is: somebody's who just asked for it, the delivery's own, or the webhook's. */
type Way = 'by-hand' | 'alone' | 'in-turn'

/** What became of one delivery; `held`: nothing is to be sent to its webhook for now. */
type Outcome = { webhookId: string; now: 'done' | 'later' | 'held' }

const redirects = [301, 302, 303, 307, 308]
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
  if ('webhook_id' in payload) return deliverNext(deps, payload.webhook_id, signal)
  const startedAt = performance.now()
  const first = await deliverOne(deps, payload.delivery_id, payload.by_hand ? 'by-hand' : 'alone', signal)
  if (!first || first.now === 'held' || payload.by_hand) return
  for (;;) {
    const due = await listDueJobs(deps.db, first.webhookId, batchSize)
    if (due.length === 0) return
    for (const job of due) {
      if (signal?.aborted || performance.now() - startedAt > turnMs) return
      const outcome = await deliverOne(deps, job.deliveryId, 'alone', signal)
      if (outcome?.now === 'held') return
      if (outcome?.now !== 'later') await finishJob(deps.db, job.id)
    }
  }
}

/** Sends the oldest of what waits for a chat webhook, and leaves the rest to the next job. */
async function deliverNext(
  deps: DeliverDeps,
  webhookId: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const first = await findNextInTurn(deps.db, webhookId)
  if (!first) return
  const outcome = await deliverOne(deps, first.deliveryId, 'in-turn', signal)
  if (outcome?.now === 'held') return
  const next = await findNextInTurn(deps.db, webhookId)
  if (next) await deps.db.transaction((tx) => queueTurns(tx, [webhookId], next.quietUntil ?? undefined))
}

async function deliverOne(
  deps: DeliverDeps,
  deliveryId: string,
  way: Way,
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
  if (way !== 'by-hand' && !isWanted(delivery)) {
    await skipDelivery(deps, delivery, 'Not sent: the webhook no longer names events of this type.')
    return is('done')
  }
  const circuit = deps.circuit ?? sharedCircuit
  const entered = circuit.enter(webhook.id, webhook.failingSince !== null, way === 'by-hand', deps.now())
  if (typeof entered === 'number') {
    await putOff(deps, delivery, way, new Date(deps.now() + entered))
    return is('held')
  }
  try {
    const quietUntil = await takeTurn(deps.db, webhook, deps.chatPauseMs ?? chatPauseMs)
    if (quietUntil) {
      await putOff(deps, delivery, way, quietUntil)
      return is('held')
    }
    return is((await attempt({ ...deps, circuit }, delivery, signal)) ? 'later' : 'done')
  } finally {
    entered()
  }
}

function isWanted({ type, webhook }: LoadedDelivery): boolean {
  return type === 'webhook.test' || webhook.events.includes(type)
}

/** Puts off a delivery and, but for what is asked for by hand, whatever else waits for its webhook. */
async function putOff(deps: DeliverDeps, delivery: LoadedDelivery, way: Way, runAt: Date): Promise<void> {
  const webhookId = delivery.webhook.id
  await deps.db.transaction(async (tx) => {
    if (way === 'in-turn') await queueTurns(tx, [webhookId], runAt)
    else await queueJobs(tx, [{ deliveryId: delivery.id, webhookId, isByHand: way === 'by-hand', runAt }])
    if (way !== 'by-hand') await putOffDeliveries(tx, webhookId, runAt)
  })
}

/**
 * The body is frozen before the first send, so that every attempt, redelivery included, sends the same under the
 * same id. One that cannot be made fails its delivery, so that it holds up no other.
 * @returns whether it is to be tried again
 */
async function attempt(
  deps: DeliverDeps & { circuit: Circuit },
  delivery: LoadedDelivery,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const frozen = await freezeBody(deps, delivery).catch((error: unknown) => {
    blame(delivery, error)
    return { skip: 'Not sent: its body cannot be made.' }
  })
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
  try {
    const secrets = webhook.secrets.map((sealed) => openSecret(deps.sealKey, webhook.id, sealed))
    const { url, body } = addressBody(webhook, frozen, deps.sealKey)
    const headers = {
      'Content-Type': 'application/json',
      ...traceHeaders(),
      ...signatureHeaders(delivery.messageId, at, body, secrets),
    }
    const request = { url, method: 'POST' as const, headers, body, allow: deps.outboundAllow, signal }
    const answer = await sendOutbound(request, deps.world)
    const isSuccess = answer.status >= 200 && answer.status < 300
    const isRedirect = redirects.includes(answer.status)
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
      retryAfterMs: isSuccess ? undefined : retryAfterMs(answer.headers, deps.now()),
    }
  } catch (error) {
    const isOutbound = error instanceof OutboundError
    if (signal?.aborted || (isOutbound && error.fault === 'stopped')) throw error
    if (!isOutbound) blame(delivery, error)
    const durationMs = Math.round(performance.now() - startedAt)
    const wasSlow = (isOutbound && error.fault === 'deadline') || durationMs > 5000
    const words = isOutbound ? error.message : 'Not sent: it cannot be signed or addressed.'
    return { at, statusCode: null, error: words, durationMs, response: null, wasSlow }
  }
}

/**
 * Says in one line of JSON on standard error, with ids and the kind of error, that a delivery cannot be sent.
 * @throws the error where it says nothing of the delivery
 */
function blame(delivery: LoadedDelivery, error: unknown): void {
  if (!isOfTheRow(error)) throw error
  const { id, webhook, project } = delivery
  log.error({ where: 'deliver webhook', id, webhook: webhook.id, project: project.id, error })
}
