import { and, eq, isNull } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { findApproval } from '@/db/queries/approvals'
import { deliveries } from '@/db/schema/notices'
import { readCues } from '@/lib/approvals/context/read'
import { approvalToWire, isDue } from '@/lib/approvals/wire'
import { linkBase, pages } from '@/lib/paths'
import { bodyFor } from './formats/format'
import type { WebhookMessage } from './formats/message'
import type { LoadedDelivery } from './load'

type Deps = { db: Database; appUrl: string }

/**
 * The body of a delivery: what was frozen at its first send, or made now of the approval as it is and kept before
 * it is sent. `skip` says why there is nothing to send any more.
 */
export async function freezeBody(
  deps: Deps,
  delivery: LoadedDelivery,
): Promise<{ body: string } | { skip: string }> {
  const { body, webhook } = delivery
  const isTrigger = webhook.format === 'pagerduty' && delivery.type === 'approval.requested'
  // A trigger that comes after its resolve would open an incident that nothing closes.
  if (body !== null && isTrigger && !(await isPending(deps, delivery))) {
    return { skip: 'Not sent: the request is over, and its incident would never be resolved.' }
  }
  if (body !== null) return { body }
  const message = await messageOf(deps, delivery)
  if (!message) return { skip: 'Not sent: what it tells of is gone.' }
  const made = bodyFor(webhook.format, message)
  const [kept] = await deps.db
    .update(deliveries)
    .set({ body: made })
    .where(and(eq(deliveries.id, delivery.id), isNull(deliveries.body)))
    .returning({ body: deliveries.body })
  if (kept) return { body: made }
  const [first] = await deps.db
    .select({ body: deliveries.body })
    .from(deliveries)
    .where(eq(deliveries.id, delivery.id))
  return first?.body ? { body: first.body } : { skip: 'Not sent: the delivery is gone.' }
}

async function messageOf(deps: Deps, delivery: LoadedDelivery): Promise<WebhookMessage | undefined> {
  const { type, project, webhook } = delivery
  const base = linkBase({ appUrl: deps.appUrl, project })
  const timestamp = delivery.happenedAt.toISOString()
  if (type === 'webhook.test') {
    return {
      type,
      timestamp,
      webhook: {
        id: webhook.id,
        name: webhook.name,
        url: base.appUrl + pages.settings(base.projectSlug, 'webhooks'),
      },
    }
  }
  // what was paused is another thing by now; their bodies are made with them
  if (type === 'agent.paused' || type === 'agent.resumed') return undefined
  const record = await findApproval(deps.db, project.id, delivery.approvalId ?? '')
  if (!record) return undefined
  const approval = approvalToWire(record, base)
  // programs ask for them by the API
  const isForPeople = webhook.format !== 'standard' && type === 'approval.requested'
  return {
    type,
    timestamp,
    approval,
    ...(isForPeople && { cues: await readCues(deps.db, project.id, approval.id) }),
  }
}

async function isPending(deps: Deps, delivery: LoadedDelivery): Promise<boolean> {
  const record = await findApproval(deps.db, delivery.project.id, delivery.approvalId ?? '')
  return record?.status === 'pending' && !isDue(record)
}
