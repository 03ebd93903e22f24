import type { Webhook } from '@/lib/webhooks/schemas'

type Service = {
  name: string
  /** What is sent, and where the service gives out the address. */
  hint: string
  /** What the address looks like. */
  url: string
  /** What else is to be known of the address. */
  urlHint?: string
}

/** What a person calls the formats, and what setting them up needs. */
export const formats: Record<Webhook['format'], Service> = {
  standard: {
    name: 'Standard Webhooks',
    hint: 'Signed JSON for a server of your own; the whole approval is in it.',
    url: 'https://example.com/holdpoint',
  },
  slack: {
    name: 'Slack',
    hint: 'The address of an incoming webhook: api.slack.com/apps, Incoming Webhooks.',
    url: 'https://hooks.slack.com/services/…',
  },
  teams: {
    name: 'Microsoft Teams',
    hint: 'The address of a workflow: “Post to a channel when a webhook request is received”.',
    url: 'https://….logic.azure.com/workflows/…',
  },
  discord: {
    name: 'Discord',
    hint: 'The address of a channel’s webhook: Edit channel, Integrations, Webhooks.',
    url: 'https://discord.com/api/webhooks/…',
  },
  google_chat: {
    name: 'Google Chat',
    hint: 'The address of a space’s webhook: Apps & integrations, Webhooks.',
    url: 'https://chat.googleapis.com/v1/spaces/…',
  },
  ntfy: {
    name: 'ntfy',
    hint: 'The address of a topic, on ntfy.sh or a server of your own. Whoever knows an open topic reads along.',
    url: 'https://ntfy.sh/your-topic',
    urlHint:
      'For a protected topic, add ?auth= with the access token, encoded as docs.ntfy.sh says under “Query param”.',
  },
  pagerduty: {
    name: 'PagerDuty',
    hint: 'A request triggers an incident, and its end resolves it (Events API v2).',
    url: 'https://events.pagerduty.com/v2/enqueue',
  },
}

/** What a person calls the events. */
export const events: Record<Webhook['events'][number], string> = {
  'approval.requested': 'Requested',
  'approval.approved': 'Approved',
  'approval.rejected': 'Rejected',
  'approval.expired': 'Expired',
  'approval.cancelled': 'Cancelled',
  'approval.edited': 'Params changed',
  'approval.escalated': 'Others asked too',
  'approval.overridden': 'Break-glass',
  'agent.paused': 'Paused',
  'agent.resumed': 'Goes on',
  'audit.head': 'Head of the audit log, hourly',
}
