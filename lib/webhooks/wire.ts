import type { DeliveryRecord, WebhookRecord } from '@/db/queries/webhooks'
import type { AnyEvent } from './formats/names'
import type { Delivery, Webhook } from './schemas'

/** A webhook without its secrets. */
export function webhookToWire(record: Omit<WebhookRecord, 'projectId'>): Webhook {
  return {
    id: record.id,
    name: record.name,
    format: record.format,
    url: record.url,
    events: record.events as AnyEvent[],
    enabled: record.enabled,
    disabled_reason: record.disabledReason,
    created_at: record.createdAt.toISOString(),
  }
}

/** A delivery with its attempts, oldest first, and when the next one is due. */
export function deliveryToWire(record: DeliveryRecord): Delivery {
  return {
    id: record.id,
    webhook_id: record.webhookId,
    message_id: record.messageId,
    type: record.type as Delivery['type'],
    approval_id: record.approvalId,
    status: record.status === 'pending' && record.hasFailed ? 'retrying' : record.status,
    next_attempt_at: record.nextAttemptAt?.toISOString() ?? null,
    attempts: record.attempts.map((attempt) => ({
      at: attempt.at.toISOString(),
      status_code: attempt.statusCode,
      error: attempt.error,
      duration_ms: attempt.durationMs,
      response: attempt.response,
    })),
    created_at: record.createdAt.toISOString(),
  }
}
