import { OutboundError } from '@/lib/outbound/error'
import { ntfyTarget, withTopic } from './formats/ntfy'
import { withRoutingKey } from './formats/pagerduty'
import type { LoadedDelivery } from './load'
import { openSecret } from './encrypt'

/**
 * Where a frozen body goes as the webhook stands now, and what its address adds to it: PagerDuty's routing key,
 * ntfy's topic.
 * @throws OutboundError `url`
 */
export function addressBody(
  webhook: LoadedDelivery['webhook'],
  frozen: string,
  sealKey: Buffer,
): { url: string; body: string } {
  const { id, url, format, routingKey } = webhook
  if (routingKey !== null) {
    return { url, body: withRoutingKey(frozen, openSecret(sealKey, `${id}:routing`, routingKey)) }
  }
  if (format !== 'ntfy') return { url, body: frozen }
  const target = ntfyTarget(url)
  if (!target) throw new OutboundError('url', 'The URL names no topic.')
  return { url: target.url, body: withTopic(frozen, target.topic) }
}
