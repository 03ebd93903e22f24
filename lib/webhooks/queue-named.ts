import { and, arrayContains, eq } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { deliveries, webhooks } from '@/db/schema/notices'
import { newId } from '@/lib/ids'
import { bodyFor } from './formats/format'
import type { WebhookMessage } from './formats/message'
import { isChat, type AnyEvent } from './formats/names'
import { messageIdOf } from './message-id'
import { queueJobs } from './queue'
import { queueTurns } from './turn'

type Named = {
  projectId: string
  type: AnyEvent
  /** Told as it is when it is sent; without one the message is told as it is now. */
  about: { approvalId: string } | { message: WebhookMessage }
}

/**
 * Queues what the outbox has no event of for the project's webhooks that name it, in the transaction of what happened.
 */
export async function queueNamed(tx: Transaction, { projectId, type, about }: Named): Promise<void> {
  const isWanted = and(
    eq(webhooks.projectId, projectId),
    eq(webhooks.enabled, true),
    arrayContains(webhooks.events, [type]),
  )
  const hooks = await tx
    .select({ id: webhooks.id, format: webhooks.format })
    .from(webhooks)
    .where(isWanted)
    .orderBy(webhooks.id)
    .for('key share')
  if (hooks.length === 0) return
  const rows = hooks.map((hook) => {
    const id = newId('delivery')
    const told = 'message' in about ? { body: bodyFor(hook.format, about.message) } : about
    return { id, projectId, webhookId: hook.id, messageId: messageIdOf(id), type, ...told }
  })
  await tx.insert(deliveries).values(rows)
  const inTurn = hooks.filter(({ format }) => isChat(format)).map(({ id }) => id)
  const atOnce = rows.filter(({ webhookId }) => !inTurn.includes(webhookId))
  if (atOnce.length > 0)
    await queueJobs(
      tx,
      atOnce.map(({ id: deliveryId, webhookId }) => ({ deliveryId, webhookId })),
    )
  if (inTurn.length > 0) await queueTurns(tx, inTurn)
}
