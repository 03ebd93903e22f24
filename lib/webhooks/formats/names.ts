export const webhookFormats = [
  'standard',
  'slack',
  'teams',
  'discord',
  'google_chat',
  'ntfy',
  'pagerduty',
] as const
export type WebhookFormat = (typeof webhookFormats)[number]

const chatFormats: readonly WebhookFormat[] = ['slack', 'teams', 'discord', 'google_chat']

/** Whether it is a chat service, which takes about one message a second from a webhook. */
export function isChat(format: WebhookFormat): boolean {
  return chatFormats.includes(format)
}

/** What a webhook is told of where nothing else was chosen. */
export const webhookEvents = [
  'approval.requested',
  'approval.approved',
  'approval.rejected',
  'approval.expired',
  'approval.cancelled',
] as const

/** What else becomes of an approval; like all that follows sent only where it was chosen. */
const peopleEvents = ['approval.edited', 'approval.escalated', 'approval.overridden'] as const
export const approvalEvents = [...webhookEvents, ...peopleEvents] as const
export type ApprovalEvent = (typeof approvalEvents)[number]

/** An agent, or the whole project, is stopped or goes on. */
export const pauseEvents = ['agent.paused', 'agent.resumed'] as const
export type PauseEvent = (typeof pauseEvents)[number]

export const allEvents = [...approvalEvents, ...pauseEvents, 'audit.head'] as const
export type AnyEvent = (typeof allEvents)[number]

/** What tells people something. */
export const chatEvents = [...approvalEvents, ...pauseEvents] as const

/** Whether webhooks of a format can be sent an event: PagerDuty what opens an incident or ends it. */
export function canSend(format: WebhookFormat, event: AnyEvent): boolean {
  if (format === 'standard') return true
  const sent: readonly AnyEvent[] = format === 'pagerduty' ? webhookEvents : chatEvents
  return sent.includes(event)
}
