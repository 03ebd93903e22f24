import { AppError } from '@/lib/errors'
import { OutboundError } from '@/lib/outbound/error'
import { checkUrl } from '@/lib/outbound/target'
import type { WebhookFormat } from './formats/names'
import { ntfyTarget } from './formats/ntfy'

/** What an operator allows; verbs are handed it by the edge. */
export type OutboundRules = { outboundAllow: readonly string[] }

/**
 * Checks a URL when it is saved: its scheme, its address where the host is one, and what the format needs of it.
 * Where a name leads is checked at each send, for it may change.
 * @returns the URL as it will be called, without a fragment
 * @throws AppError `invalid_input` at `/url`
 */
export function checkWebhookUrl(text: string, format: WebhookFormat, rules: OutboundRules): string {
  try {
    const url = checkUrl(text, rules.outboundAllow)
    url.hash = ''
    if (format === 'ntfy' && !ntfyTarget(url.href)) throw new OutboundError('url', noTopic)
    return url.href
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error
    const { message } = error
    throw new AppError('invalid_input', `${message} (/url)`, {
      errors: [{ pointer: '/url', detail: message }],
    })
  }
}

const noTopic =
  'The URL of ntfy ends with the topic, such as https://ntfy.sh/alerts: 1 to 64 letters, digits, "-" or "_".'

/** What of a URL may stand in records that more people read: chat services keep secrets in the path. */
export function hostOf(url: string): string {
  return new URL(url).host
}
