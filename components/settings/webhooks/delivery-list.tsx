'use client'

import type { Listed } from '@/lib/fields'
import { api } from '@/lib/paths'
import type { Delivery, Webhook } from '@/lib/webhooks/schemas'
import * as say from '@/words/settings/webhooks/delivery-list'
import { EmptyState } from '../../ui/empty-state'
import { PagedList } from '../../ui/paged-list'
import { DeliveryItem, type Redeliver } from './delivery-item'

type DeliveryListProps = {
  project: string
  webhook: Webhook
  initial: Listed<Delivery>
  limit: number
  redeliver: Redeliver
}

const pendingMs = 2000
const calmMs = 10_000

/** A webhook's deliveries, newest first, looked at again more often while one is under way. */
export function DeliveryList({ project, webhook, initial, limit, redeliver }: DeliveryListProps) {
  return (
    <PagedList
      label={say.deliveries}
      what={say.theDeliveries}
      path={api.deliveries(project, webhook.id, { limit })}
      initial={initial}
      refreshMs={(pages) => (pages.some(hasPending) ? pendingMs : calmMs)}
      empty={<EmptyState title={say.nothingWasSentYet}>{say.whatAppearsHere}</EmptyState>}
    >
      {(delivery) => (
        <DeliveryItem
          key={delivery.id}
          project={project}
          delivery={delivery}
          canRedeliver={webhook.enabled || delivery.type === 'webhook.test'}
          redeliver={redeliver}
        />
      )}
    </PagedList>
  )
}

function hasPending(page: Listed<Delivery>): boolean {
  return page.items.some(({ status }) => status === 'pending' || status === 'retrying')
}
