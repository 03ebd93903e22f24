import type { Approval } from '@/lib/approvals/schemas'
import type { WebhookEvent } from './names'

/** What happened to an approval; `cues`: what its reviewer should not overlook, in sentences. */
export type EventMessage = {
  type: WebhookEvent
  timestamp: string
  approval: Approval
  cues?: readonly string[]
}

/** What a delivery tells, before a format has put it into words. `timestamp` is when it happened, RFC 3339. */
export type WebhookMessage =
  | EventMessage
  | { type: 'webhook.test'; timestamp: string; webhook: { id: string; name: string; url: string } }

export type MessageType = WebhookMessage['type']
