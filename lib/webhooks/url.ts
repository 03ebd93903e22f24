import { AppError } from '@/lib/errors'
import { OutboundError } from '@/lib/outbound/error'
import { checkUrl } from '@/lib/outbound/target'

/** What an operator allows; verbs are handed it by the edge. */
export type OutboundRules = { outboundAllow: readonly string[] }

/**
 * Checks a URL when it is saved: its scheme, and its address where the host is one. Where a name leads is checked
 * at each send, for it may change.
 * @returns the URL as it will be called, without a fragment
 * @throws AppError `invalid_input` at `/url`
 */
export function checkWebhookUrl(text: string, rules: OutboundRules): string {
  try {
    const url = checkUrl(text, rules.outboundAllow)
    url.hash = ''
    return url.href
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error
    const { message } = error
    throw new AppError('invalid_input', `${message} (/url)`, { errors: [{ pointer: '/url', detail: message }] })
  }
}

/** What of a URL may stand in records that more people read: chat services keep secrets in the path. */
export function hostOf(url: string): string {
  return new URL(url).host
}
