import { createHmac } from 'node:crypto'
import { writeJson } from '@/lib/json/write'
import type { WebhookMessage } from './message'
import type { Notice } from './notices'

/** The body of Standard Webhooks 1.0: what happened, when, and the whole approval. */
export function standardBody(message: WebhookMessage): string {
  return writeJson(noticeOf(message))
}

function noticeOf(message: WebhookMessage): Notice {
  const { timestamp } = message
  if ('approval' in message) return { type: message.type, timestamp, data: message.approval }
  if ('pause' in message) {
    const { url: _url, ...data } = message.pause
    return { type: message.type, timestamp, data }
  }
  const { id: webhook_id, name, url } = message.webhook
  return { type: message.type, timestamp, data: { webhook_id, name, url } }
}

/**
 * The headers of Standard Webhooks 1.0: HMAC-SHA256 over id, time and body, one signature for each secret.
 * @param secrets `whsec_` and base64 of 24 to 64 bytes; the newest first
 * @param at the time of this attempt
 */
export function signatureHeaders(
  messageId: string,
  at: Date,
  body: string,
  secrets: readonly string[],
): Record<string, string> {
  const seconds = String(Math.floor(at.getTime() / 1000))
  const signed = `${messageId}.${seconds}.${body}`
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
    return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
  })
  return { 'webhook-id': messageId, 'webhook-timestamp': seconds, 'webhook-signature': signatures.join(' ') }
}
