export const webhookFormats = ['standard', 'slack', 'teams', 'pagerduty'] as const
export type WebhookFormat = (typeof webhookFormats)[number]

export const webhookEvents = [
  'approval.requested',
  'approval.approved',
  'approval.rejected',
  'approval.expired',
  'approval.cancelled',
] as const
/** What a webhook can be told of; a test's type, `webhook.test`, is none that can be chosen. */
export type WebhookEvent = (typeof webhookEvents)[number]
