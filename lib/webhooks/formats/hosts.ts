import type { WebhookFormat } from './names'

type Rule = { format: WebhookFormat; host: RegExp; path?: RegExp }

const rules: Rule[] = [
  { format: 'slack', host: /^hooks\.slack(-gov)?\.com$/ },
  // Discord takes Slack's messages too, at an address of their own.
  { format: 'slack', host: /^(\w+\.)?discord(app)?\.com$/, path: /^\/api\/(v\d+\/)?webhooks\/.*\/slack\/?$/ },
  { format: 'discord', host: /^(\w+\.)?discord(app)?\.com$/, path: /^\/api\/(v\d+\/)?webhooks\// },
  { format: 'google_chat', host: /^chat\.googleapis\.com$/ },
  { format: 'ntfy', host: /^ntfy\.sh$/ },
  { format: 'teams', host: /\.(webhook\.office\.com|logic\.azure\.com|api\.powerplatform\.com)$/ },
  { format: 'pagerduty', host: /^events\.(eu\.)?pagerduty\.com$/ },
]

/** The format that the service behind a URL takes, where its host says so plainly. */
export function formatOfUrl(text: string): WebhookFormat | undefined {
  if (!URL.canParse(text)) return undefined
  const { hostname, pathname } = new URL(text)
  const host = hostname.replace(/\.$/, '')
  return rules.find((rule) => rule.host.test(host) && (rule.path?.test(pathname) ?? true))?.format
}
