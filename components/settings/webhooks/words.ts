import type { Webhook } from '@/lib/webhooks/schemas'

type Format = Webhook['format']

/** What a person calls the formats, and where the service gives out the address. */
export const formatWords: Record<Format, { name: string; hint: string }> = {
  standard: { name: 'Standard Webhooks', hint: 'Signed JSON for a server of your own; the whole approval is in it.' },
  slack: { name: 'Slack', hint: 'The address of an incoming webhook: api.slack.com/apps, Incoming Webhooks.' },
  teams: { name: 'Microsoft Teams', hint: 'The address of a workflow: “Post to a channel when a webhook request is received”.' },
  pagerduty: { name: 'PagerDuty', hint: 'A request triggers an incident, and its end resolves it (Events API v2).' },
}

/** What a person calls the events. */
export const eventWords: Record<Webhook['events'][number], string> = {
  'approval.requested': 'Requested',
  'approval.approved': 'Approved',
  'approval.rejected': 'Rejected',
  'approval.expired': 'Expired',
  'approval.cancelled': 'Cancelled',
}
