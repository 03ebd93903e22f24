import { summarizeParams } from '@/lib/untrusted/params'
import { cardOf, fit, plainCardOf } from './card'
import type { WebhookMessage } from './message'

/** Where PagerDuty takes Events API v2 for its US service region. */
export const pagerdutyUrl = 'https://events.pagerduty.com/v2/enqueue'

/** Of the Events API v2; a whole event may have 512 kB, which this stays far below. */
const limits = { summary: 1024, dedupKey: 255 }
const room = { value: 1000, params: 40 }

/**
 * An event for PagerDuty's Events API v2, without the routing key, which is laid into it when it is sent:
 * a request triggers an incident, and whatever ends the request resolves that incident by the same key.
 */
export function pagerdutyBody(message: WebhookMessage): string {
  if (!('approval' in message)) {
    const { words, url, label } = plainCardOf(message)
    const summary = fit(words, limits.summary)
    const subject = message.type === 'webhook.test' ? message.webhook.id : message.pause.project_id
    return JSON.stringify({
      event_action: 'trigger',
      dedup_key: fit(`holdpoint-test-${subject}`, limits.dedupKey),
      payload: {
        summary,
        source: 'holdpoint',
        severity: 'info',
        timestamp: message.timestamp,
        class: 'test',
      },
      links: [{ href: url, text: label }],
    })
  }
  const { approval, type, timestamp } = message
  const dedupKey = fit(`holdpoint-${approval.id}`, limits.dedupKey)
  const isOver = type !== 'approval.requested' || approval.status !== 'pending'
  if (isOver) return JSON.stringify({ event_action: 'resolve', dedup_key: dedupKey })
  const card = cardOf(message, room)
  const summary = `${card.title} · ${summarizeParams(approval.params, 300)}`
  const lines = [...card.facts, ...card.notes].map((line) => [line.name, line.value])
  return JSON.stringify({
    event_action: 'trigger',
    dedup_key: dedupKey,
    payload: {
      summary: fit(summary, limits.summary),
      source: approval.agent,
      severity: 'warning',
      timestamp,
      component: approval.tool,
      class: 'approval',
      custom_details: {
        ...Object.fromEntries(lines),
        [card.paramsTitle]: card.params.map((param) => `${param.name} (${param.type}) = ${param.value}`),
        ...(card.omission === null ? {} : { 'Not shown': card.omission }),
        Digest: card.digest,
      },
    },
    links: [{ href: card.link, text: 'Open the approval' }],
  })
}

/** The event with its routing key, as it is sent. */
export function withRoutingKey(body: string, routingKey: string): string {
  return JSON.stringify({ routing_key: routingKey, ...(JSON.parse(body) as object) })
}
