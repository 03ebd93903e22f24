import type { Webhook } from '@/lib/webhooks/schemas'
import { Fact, Facts, Notice } from '../../ui/page-header'
import { Moment } from '../../ui/time'
import { WebhookState } from './webhook-state'
import { eventWords, formatWords } from './words'

/** What a webhook is, and why it is off where Holdpoint switched it off. */
export function WebhookFacts({ webhook }: { webhook: Webhook }) {
  return (
    <div className="space-y-4">
      {webhook.disabled_reason !== null && (
        <Notice tone="danger">
          Holdpoint switched this webhook off: {webhook.disabled_reason} Mend the receiver, send a test, then
          switch it on again.
        </Notice>
      )}
      <Facts>
        <Fact name="State">
          <WebhookState webhook={webhook} />
        </Fact>
        <Fact name="Sends to">{formatWords[webhook.format].name}</Fact>
        <Fact name="URL">
          <code className="code">{webhook.url}</code>
        </Fact>
        <Fact name="Events">{webhook.events.map((event) => eventWords[event]).join(', ')}</Fact>
        <Fact name="Made">
          <Moment at={webhook.created_at} />
        </Fact>
      </Facts>
    </div>
  )
}
