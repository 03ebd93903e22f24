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

export const webhookEvents = [
  'approval.requested',
  'approval.approved',
  'approval.rejected',
  'approval.expired',
  'approval.cancelled',
] as const
/** What a webhook is told of where nothing else was chosen; a test's type, `webhook.test`, is none of them. */
export type WebhookEvent = (typeof webhookEvents)[number]

/** Sent only where it was chosen, and only in the format `standard`. */
const optInEvents = ['audit.head'] as const
export const allEvents = [...webhookEvents, ...optInEvents] as const
export type AnyEvent = (typeof allEvents)[number]

/** Whether webhooks of a format can be sent an event. */
export function canSend(format: WebhookFormat, event: AnyEvent): boolean {
  return format === 'standard' || (webhookEvents as readonly AnyEvent[]).includes(event)
}
