import { discordBody } from './discord'
import { googleChatBody } from './google-chat'
import type { WebhookMessage } from './message'
import type { WebhookFormat } from './names'
import { ntfyBody } from './ntfy'
import { pagerdutyBody } from './pagerduty'
import { slackBody } from './slack'
import { standardBody } from './standard'
import { teamsBody } from './teams'

const bodies: Record<WebhookFormat, (message: WebhookMessage) => string> = {
  standard: standardBody,
  slack: slackBody,
  teams: teamsBody,
  discord: discordBody,
  google_chat: googleChatBody,
  ntfy: ntfyBody,
  pagerduty: pagerdutyBody,
}

/** The JSON body that a format makes of a message; never longer than the service takes. */
export function bodyFor(format: WebhookFormat, message: WebhookMessage): string {
  return bodies[format](message)
}
