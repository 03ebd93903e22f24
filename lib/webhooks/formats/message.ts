import type { Approval } from '@/lib/approvals/schemas'
import type { WebhookEvent } from './names'

/** What a delivery tells, before a format has put it into words. `timestamp` is when it happened, RFC 3339. */
export type WebhookMessage =
  | { type: WebhookEvent; timestamp: string; approval: Approval }
  | { type: 'webhook.test'; timestamp: string; webhook: { id: string; name: string; url: string } }

export type MessageType = WebhookMessage['type']
