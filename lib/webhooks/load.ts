import { eq, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { approvalEvents } from '@/db/schema/approvals'
import { projects } from '@/db/schema/identity'
import { deliveries, deliveryAttempts, webhooks } from '@/db/schema/notices'
import type { Project } from '@/lib/context'
import type { MessageType } from './formats/message'

export type LoadedDelivery = NonNullable<Awaited<ReturnType<typeof loadDelivery>>>

/** A delivery with all that sending it needs, as it stands now; undefined where it or its webhook is gone. */
export async function loadDelivery(db: Queryable, id: string) {
  const [row] = await db
    .select({
      delivery: deliveries,
      webhook: webhooks,
      project: {
        id: projects.id,
        slug: projects.slug,
        name: projects.name,
        allowOwnRequest: projects.allowOwnRequest,
      },
      happenedAt: approvalEvents.at,
      failures: sql<number>`(
        select count(*)::int from ${deliveryAttempts} a where a.delivery_id = ${deliveries.id} and a.error is not null)`,
      isPreviousValid: sql<boolean>`coalesce(${webhooks.previousSecretUntil} > clock_timestamp(), false)`,
    })
    .from(deliveries)
    .innerJoin(webhooks, eq(webhooks.id, deliveries.webhookId))
    .innerJoin(projects, eq(projects.id, deliveries.projectId))
    .leftJoin(approvalEvents, eq(approvalEvents.id, deliveries.eventId))
    .where(eq(deliveries.id, id))
    .limit(1)
  if (!row) return undefined
  const { delivery, webhook } = row
  const previous = row.isPreviousValid ? webhook.previousSecret : null
  return {
    id: delivery.id,
    project: row.project satisfies Project,
    messageId: delivery.messageId,
    type: delivery.type as MessageType,
    approvalId: delivery.approvalId,
    status: delivery.status,
    body: delivery.body,
    /** Attempts that failed so far. */
    failures: row.failures,
    happenedAt: row.happenedAt ?? delivery.createdAt,
    webhook: {
      id: webhook.id,
      name: webhook.name,
      format: webhook.format,
      url: webhook.url,
      events: webhook.events,
      enabled: webhook.enabled,
      failingSince: webhook.failingSince,
      routingKey: webhook.routingKey,
      /** Sealed; the newest first, the one before as long as it still signs. */
      secrets: previous === null ? [webhook.secret] : [webhook.secret, previous],
    },
  }
}
