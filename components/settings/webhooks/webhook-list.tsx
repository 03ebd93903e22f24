import Link from 'next/link'
import { pages } from '@/lib/paths'
import { webhookEvents } from '@/lib/webhooks/formats/names'
import type { WebhookHealth } from '@/lib/webhooks/health'
import type { Webhook } from '@/lib/webhooks/schemas'
import { curl } from '@/lib/try-it'
import * as say from '@/words/settings/webhooks/webhook-list'
import * as named from '@/words/settings/webhook-names'
import { EmptyState } from '../../ui/empty-state'
import { Table, Td, Th } from '../../ui/table'
import { Age, TimeOfDay } from '../../ui/time'
import { HealthBars } from './health-bars'
import { WebhookState } from './webhook-state'

type WebhookListProps = {
  project: string
  appUrl: string
  webhooks: Webhook[]
  /** By the webhooks' ids. */
  health: Record<string, WebhookHealth>
}

/** The project's webhooks; each opens its own page with what was delivered. */
export function WebhookList({ project, appUrl, webhooks, health }: WebhookListProps) {
  if (webhooks.length === 0) return <NoWebhooks appUrl={appUrl} />
  return (
    <Table label={say.webhooks}>
      <thead>
        <tr>
          <Th>{say.webhook}</Th>
          <Th>{say.state}</Th>
          <Th>{say.last24Hours}</Th>
          <Th>{say.sendsTo}</Th>
          <Th>{say.events}</Th>
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
              <div className="code max-w-72 text-muted" title={webhook.url}>
                {placeOf(webhook.url)}
              </div>
            </Td>
            <Td name={say.state} className="max-w-64 min-w-44">
              <div>
                <WebhookState webhook={webhook} isFailing={health[webhook.id]?.failure != null} />
                <LastFailure failure={health[webhook.id]?.failure ?? null} />
              </div>
            </Td>
            <Td name={say.last24H}>
              <HealthBars hours={health[webhook.id]?.hours ?? []} />
            </Td>
            <Td name={say.sendsTo}>{named.formats[webhook.format].name}</Td>
            <Td name={say.events} className="min-w-40 text-muted">
              {eventsIn(webhook)}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

/** Host and path, by which two webhooks of one service differ; a long path by its two ends. */
function placeOf(url: string): string {
  const { host, pathname } = new URL(url)
  const path = pathname.length > 28 ? `${pathname.slice(0, 12)}…${pathname.slice(-14)}` : pathname
  return host + path
}

/** Why the last attempt failed, in words, and when the next one is. */
function LastFailure({ failure }: { failure: WebhookHealth['failure'] }) {
  if (failure === null) return null
  return (
    <p className="mt-1 text-xs text-muted">
      {failure.words} <Age at={failure.at} isLong />
      {failure.next_attempt_at !== null && say.next(<TimeOfDay at={failure.next_attempt_at} />)}
    </p>
  )
}

function eventsIn({ events }: Webhook): string {
  const hasAll = webhookEvents.every((event) => events.includes(event))
  const usual: readonly string[] = webhookEvents
  const others = hasAll ? events.filter((event) => !usual.includes(event)) : events
  return [...(hasAll ? [say.requestsAndTheirEnds] : []), ...others.map((event) => named.events[event])].join(
    ', ',
  )
}

function NoWebhooks({ appUrl }: { appUrl: string }) {
  const command = curl(appUrl, {
    method: 'POST',
    path: '/webhooks',
    token: '$HOLDPOINT_TOKEN',
    json: { format: 'slack', url: 'https://hooks.slack.com/services/…' },
  })
  return (
    <EmptyState title={say.noWebhooksYet} command={command}>
      {say.whenOneAppears}
    </EmptyState>
  )
}
