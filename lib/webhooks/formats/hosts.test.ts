import { expect, test } from 'vitest'
import { formatOfUrl } from './hosts'

test.each([
  ['https://hooks.slack.com/services/T0/B0/x', 'slack'],
  ['https://HOOKS.slack.com./services/T0/B0/x', 'slack'],
  ['https://discord.com/api/webhooks/1/x', 'discord'],
  ['https://ptb.discord.com/api/v10/webhooks/1/x', 'discord'],
  ['https://discordapp.com/api/webhooks/1/x', 'discord'],
  ['https://discord.com/api/webhooks/1/x/slack', 'slack'],
  ['https://chat.googleapis.com/v1/spaces/AAA/messages?key=k&token=t', 'google_chat'],
  ['https://ntfy.sh/alerts', 'ntfy'],
  ['https://acme.webhook.office.com/webhookb2/x', 'teams'],
  ['https://prod-1.westeurope.logic.azure.com:443/workflows/x', 'teams'],
  ['https://a.b.environment.api.powerplatform.com/powerautomate/x', 'teams'],
  ['https://events.eu.pagerduty.com/v2/enqueue', 'pagerduty'],
])('%s takes %s', (url, format) => expect(formatOfUrl(url)).toBe(format))

test.each([
  '',
  'https://',
  'hooks.slack.com/services/x',
  'https://hooks.slack.com.evil.example/x',
  'https://nothooks.slack.com/x',
  'https://evil-discord.com/api/webhooks/1/x',
  'https://discord.com/channels/1',
  'https://example.com/hooks.slack.com',
  'https://ntfy.example/alerts',
  'https://webhook.office.com.evil.example/x',
])('%s says nothing', (url) => expect(formatOfUrl(url)).toBeUndefined())
