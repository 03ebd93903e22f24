import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { cache } from 'react'
import { z } from 'zod'
import { DeliveryList } from '@/components/settings/webhooks/delivery-list'
import { WebhookActions } from '@/components/settings/webhooks/webhook-actions'
import { WebhookFacts } from '@/components/settings/webhooks/webhook-facts'
import { PageHeader } from '@/components/ui/page-header'
import { Section } from '@/components/ui/section'
import { hasRole } from '@/lib/context'
import { isId } from '@/lib/ids'
import { orNotFound, pageParams } from '@/lib/http/page-input'
import { pages } from '@/lib/paths'
import { requireMember } from '@/lib/sign-in/session'
import { readDeliveries, readWebhook } from '@/lib/webhooks/read'
import * as say from '@/words/pages/settings-webhooks'
import { changeWebhook, deliverAgain, remove, rotate, sendTest } from '../actions'

type Props = { params: Promise<{ project: string; webhook: string }> }

const Address = z.object({ project: z.string(), webhook: z.string() })

const deliveriesShown = 20

const readShown = cache(async (project: string, id: string) => {
  const ctx = await requireMember(project)
  if (!hasRole(ctx.actor.role, 'admin') || !isId('webhook', id)) notFound()
  return orNotFound(readWebhook(ctx, id))
})

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { project, webhook } = await pageParams(Address, params)
  await readShown(project, webhook)
  return { title: say.webhook }
}

export default async function WebhookPage({ params }: Props) {
  const { project: slug, webhook: id } = await pageParams(Address, params)
  const ctx = await requireMember(slug)
  const [webhook, deliveries] = await Promise.all([
    readShown(slug, id),
    orNotFound(readDeliveries(ctx, id, { limit: deliveriesShown })),
  ])
  return (
    <>
      <PageHeader
        title={webhook.name}
        note={
          <Link href={pages.settings(slug, 'webhooks')} className="hover:text-ink hover:underline">
            {say.allWebhooks}
          </Link>
        }
        actions={
          <WebhookActions
            project={slug}
            webhook={webhook}
            actions={{ change: changeWebhook, remove, rotate, sendTest }}
          />
        }
      />
      <div className="mb-8">
        <WebhookFacts webhook={webhook} />
      </div>
      <Section title={say.lastDeliveries} note={say.whatDeliveriesShow}>
        <DeliveryList
          project={slug}
          webhook={webhook}
          initial={deliveries}
          limit={deliveriesShown}
          redeliver={deliverAgain}
        />
      </Section>
    </>
  )
}
