import type { Webhook } from '@/lib/webhooks/schemas'
import * as say from '@/words/settings/webhooks/webhook-state'
import { Badge } from '../../ui/badge'

/** On, on and failing, off, or switched off because it did not work. */
export function WebhookState({ webhook, isFailing = false }: { webhook: Webhook; isFailing?: boolean }) {
  if (webhook.enabled && isFailing) {
    return (
      <Badge tone="danger" icon="warning">
        {say.failing}
      </Badge>
    )
  }
  if (webhook.enabled) {
    return (
      <Badge tone="ok" icon="check">
        {say.on}
      </Badge>
    )
  }
  if (webhook.disabled_reason === null) return <Badge icon="slash">{say.off}</Badge>
  return (
    <Badge tone="danger" icon="warning">
      {say.disabled}
    </Badge>
  )
}
