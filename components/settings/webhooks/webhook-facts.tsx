import type { Webhook } from '@/lib/webhooks/schemas'
import * as say from '@/words/settings/webhooks/webhook-facts'
import * as named from '@/words/settings/webhook-names'
import { Fact, Facts } from '../../ui/facts'
import { Notice } from '../../ui/notice'
import { Moment } from '../../ui/time'
import { WebhookState } from './webhook-state'

/** What a webhook is, and why it is off where Holdpoint switched it off. */
export function WebhookFacts({ webhook }: { webhook: Webhook }) {
  return (
    <div className="space-y-4">
      {webhook.disabled_reason !== null && (
        <Notice tone="danger">{say.switchedOff(webhook.disabled_reason)}</Notice>
      )}
      <Facts>
        <Fact name={say.state}>
          <WebhookState webhook={webhook} />
        </Fact>
        <Fact name={say.sendsTo}>{named.formats[webhook.format].name}</Fact>
        <Fact name="URL">
          <code className="code">{webhook.url}</code>
        </Fact>
        <Fact name={say.events}>{webhook.events.map((event) => named.events[event]).join(', ')}</Fact>
        <Fact name={say.made}>
          <Moment at={webhook.created_at} />
        </Fact>
      </Facts>
    </div>
  )
}
