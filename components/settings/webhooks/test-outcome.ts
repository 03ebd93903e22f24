import { fetchJson } from '../../frame/fetch-json'
import type { Listed } from '@/lib/fields'
import { api } from '@/lib/paths'
import type { Delivery } from '@/lib/webhooks/schemas'

const patienceMs = 5000
const pauseMs = 250

/** What became of a test that was just sent; null where that is not known within five seconds. */
export async function testOutcome(project: string, test: Delivery): Promise<Delivery | null> {
  const until = Date.now() + patienceMs
  while (Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
    const list = await fetchJson<Listed<Delivery>>(
      api.deliveries(project, test.webhook_id, { limit: 10 }),
    ).catch(() => null)
    const found = list?.items.find(({ id }) => id === test.id)
    if (found?.status === 'delivered' || found?.status === 'failed') return found
  }
  return null
}
