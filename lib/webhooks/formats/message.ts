import type { Approval } from '@/lib/approvals/schemas'

export const webhookEvents = [
  'approval.requested',
  'approval.approved',
  'approval.rejected',
  'approval.expired',
  'approval.cancelled',
] as const
export type WebhookEvent = (typeof webhookEvents)[number]

/** What a delivery tells, before a format has put it into words. `timestamp` is when it happened, RFC 3339. */
export type WebhookMessage =
  | { type: WebhookEvent; timestamp: string; approval: Approval }
  | { type: 'webhook.test'; timestamp: string; webhook: { id: string; name: string; url: string } }

/** The tests' type is no event that can be chosen. */
export type MessageType = WebhookMessage['type']
