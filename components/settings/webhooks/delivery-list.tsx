'use client'

import useSWRInfinite from 'swr/infinite'
import type { Delivery, Webhook } from '@/lib/webhooks/schemas'
import { fetchJson } from '../../frame/fetch-json'
import { Button } from '../../ui/button'
import { EmptyState, ErrorState } from '../../ui/empty-state'
import { ListFrame } from '../../ui/table'
import { deliveriesKey } from './deliveries-key'
import { DeliveryItem } from './delivery-item'

type DeliveryPage = { items: Delivery[]; next_cursor: string | null }
type DeliveryListProps = { project: string; webhook: Webhook; initial: DeliveryPage; limit: number }

const pendingMs = 2000
const calmMs = 10_000

/** A webhook's deliveries, newest first, looked at again more often while one is under way. */
export function DeliveryList({ project, webhook, initial, limit }: DeliveryListProps) {
  const base = `${deliveriesKey(project, webhook.id)}&limit=${limit}`
  const keyOf = (_: number, before: DeliveryPage | null) => {
    if (before === null) return base
    return before.next_cursor === null ? null : `${base}&cursor=${encodeURIComponent(before.next_cursor)}`
  }
  const { data, error, size, setSize, mutate } = useSWRInfinite<DeliveryPage, Error>(keyOf, fetchJson, {
    fallbackData: [initial],
    revalidateAll: true,
    refreshInterval: (pages) => (pages?.some(hasPending) ? pendingMs : calmMs),
  })
  const pages = data ?? [initial]
  const deliveries = uniqueDeliveries(pages)
  const isLoadingMore = size > pages.length
  return (
    <>
      {error && (
        <div className="mb-3">
          <ErrorState
            title="The deliveries could not be read just now"
            action={<Button onClick={() => void mutate()}>Try again</Button>}
          >
            {error.message} What is shown below may be behind.
          </ErrorState>
        </div>
      )}
      {deliveries.length > 0 && (
        <ListFrame>
          <ul aria-label="Deliveries" className="divide-y divide-line">
            {deliveries.map((delivery) => (
              <DeliveryItem
                key={delivery.id}
                project={project}
                delivery={delivery}
                canRedeliver={webhook.enabled || delivery.type === 'webhook.test'}
                onChange={() => void mutate()}
              />
            ))}
          </ul>
        </ListFrame>
      )}
      {deliveries.length === 0 && !error && (
        <EmptyState title="Nothing was sent yet">
          What is sent here will appear with its status, duration and answer. “Send test” makes the first one.
        </EmptyState>
      )}
      {pages.at(-1)?.next_cursor != null && (
        <Button
          variant="ghost"
          isBusy={isLoadingMore}
          onClick={() => void setSize(size + 1)}
          className="mt-2"
        >
          {isLoadingMore ? 'Loading…' : 'Load more'}
        </Button>
      )}
    </>
  )
}

function hasPending(page: DeliveryPage): boolean {
  return page.items.some(({ status }) => status === 'pending' || status === 'retrying')
}

/** One that moved between two reads may stand on two pages. */
function uniqueDeliveries(pages: DeliveryPage[]): Delivery[] {
  return [...new Map(pages.flatMap((page) => page.items).map((delivery) => [delivery.id, delivery])).values()]
}
