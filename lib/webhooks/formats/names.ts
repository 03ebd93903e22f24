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
/** What a webhook can be told of; a test's type, `webhook.test`, is none that can be chosen. */
export type WebhookEvent = (typeof webhookEvents)[number]
