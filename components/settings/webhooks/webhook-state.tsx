import type { Webhook } from '@/lib/webhooks/schemas'
import { Badge } from '../../ui/badge'

/** On, on and failing, off, or switched off because it did not work. */
export function WebhookState({ webhook, isFailing = false }: { webhook: Webhook; isFailing?: boolean }) {
  if (webhook.enabled && isFailing) {
    return (
      <Badge tone="danger" icon="warning">
        Failing
      </Badge>
    )
  }
  if (webhook.enabled) {
    return (
      <Badge tone="ok" icon="check">
        On
      </Badge>
    )
  }
  if (webhook.disabled_reason === null) return <Badge icon="slash">Off</Badge>
  return (
    <Badge tone="danger" icon="warning">
      Disabled
    </Badge>
  )
}
