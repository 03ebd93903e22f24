import Link from 'next/link'
import { pages } from '@/lib/paths'
import { webhookEvents } from '@/lib/webhooks/formats/names'
import type { Webhook } from '@/lib/webhooks/schemas'
import { curl } from '@/lib/try-it'
import { EmptyState } from '../../ui/empty-state'
import { Table, Td, Th } from '../../ui/table'
import { Moment } from '../../ui/time'
import { WebhookState } from './webhook-state'
import { eventWords, formatWords } from './words'

type WebhookListProps = { project: string; appUrl: string; webhooks: Webhook[] }

/** The project's webhooks; each opens its own page with what was delivered. */
export function WebhookList({ project, appUrl, webhooks }: WebhookListProps) {
  if (webhooks.length === 0) return <NoWebhooks appUrl={appUrl} />
  return (
    <Table label="Webhooks">
      <thead>
        <tr>
          <Th>Webhook</Th>
          <Th>State</Th>
          <Th>Sends to</Th>
          <Th>Events</Th>
          <Th>Made</Th>
        </tr>
      </thead>
      <tbody>
        {webhooks.map((webhook) => (
          <tr key={webhook.id}>
            <Td>
              <Link
                href={pages.webhook(project, webhook.id)}
                className="font-medium wrap-anywhere text-accent hover:underline"
              >
                {webhook.name}
              </Link>
              <div className="code max-w-72 truncate text-muted" title={webhook.url}>
                {new URL(webhook.url).host}
              </div>
            </Td>
            <Td>
              <WebhookState webhook={webhook} />
            </Td>
            <Td>{formatWords[webhook.format].name}</Td>
            <Td className="min-w-40 text-muted">{eventsIn(webhook)}</Td>
            <Td className="whitespace-nowrap">
              <Moment at={webhook.created_at} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function eventsIn({ events }: Webhook): string {
  const hasAll = webhookEvents.every((event) => events.includes(event))
  const named = hasAll ? events.filter((event) => event === 'audit.head') : events
  return [...(hasAll ? ['All'] : []), ...named.map((event) => eventWords[event])].join(', ')
}

function NoWebhooks({ appUrl }: { appUrl: string }) {
  const command = curl(appUrl, {
    method: 'POST',
    path: '/webhooks',
    token: '$HOLDPOINT_TOKEN',
    json: { format: 'slack', url: 'https://hooks.slack.com/services/…' },
  })
  return (
    <EmptyState title="No webhooks yet" command={command}>
      The places that are told of requests and decisions will appear here, each with its last deliveries. Make
      one with the button above, or with a personal token:
    </EmptyState>
  )
}
