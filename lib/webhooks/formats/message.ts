import type { Approval } from '@/lib/approvals/schemas'
import type { ApprovalEvent, PauseEvent } from './names'

/** What happened to an approval; `cues`: what its reviewer should not overlook, in sentences. */
export type EventMessage = {
  type: ApprovalEvent
  timestamp: string
  approval: Approval
  cues?: readonly string[]
}

/** An agent was paused or goes on, by somebody's name; null for all agents of the project. */
export type PauseMessage = {
  type: PauseEvent
  timestamp: string
  pause: { project_id: string; agent: string | null; by: string; reason: string | null; url: string }
}

/** What a delivery tells, before a format has put it into words. `timestamp` is when it happened, RFC 3339. */
export type WebhookMessage =
  | EventMessage
  | PauseMessage
  | { type: 'webhook.test'; timestamp: string; webhook: { id: string; name: string; url: string } }

export type MessageType = WebhookMessage['type']
