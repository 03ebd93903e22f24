import type { Metadata } from 'next'
import Link from 'next/link'
import { CreateWebhook } from '@/components/settings/webhooks/create-webhook'
import { WebhookList } from '@/components/settings/webhooks/webhook-list'
import { buttonClass } from '@/components/ui/button'
import { LeftOut } from '@/components/ui/left-out'
import { Notice } from '@/components/ui/notice'
import { PageHeader } from '@/components/ui/page-header'
import { roleWord } from '@/components/ui/role-word'
import { hasRole } from '@/lib/context'
import { pageQuery, type Search } from '@/lib/http/input'
import { readFrom } from '@/lib/http/page-input'
import { paging } from '@/lib/query'
import { pages } from '@/lib/paths'
import { requireMember } from '@/lib/sign-in/session'
import { readWebhookHealth } from '@/lib/webhooks/health'
import { readWebhooks } from '@/lib/webhooks/read'
import * as say from '@/words/pages/settings-webhooks'
import { makeWebhook } from './actions'

export const metadata: Metadata = { title: say.webhooks }

type Props = {
  params: Promise<{ project: string }>
  searchParams: Promise<Search>
}

const note = say.whatWebhooksAre

export default async function WebhooksPage({ params, searchParams }: Props) {
  const ctx = await requireMember((await params).project)
  const { slug } = ctx.project
  if (!hasRole(ctx.actor.role, 'admin')) {
    return (
      <>
        <PageHeader title={say.webhooks} note={note} />
        <Notice>{say.onlyForAdmins(roleWord(ctx.actor.role))}</Notice>
      </>
    )
  }
  const { query, leftOut } = pageQuery({ cursor: paging.cursor }, await searchParams)
  const {
    items,
    next_cursor: nextCursor,
    isStale,
  } = await readFrom(query.cursor, (cursor) => readWebhooks(ctx, { limit: 50, cursor }))
  const health = await readWebhookHealth(
    ctx,
    items.map(({ id }) => id),
  )
  return (
    <>
      <PageHeader
        title={say.webhooks}
        note={note}
        actions={<CreateWebhook project={slug} make={makeWebhook} />}
      />
      <LeftOut names={leftOut} isStale={isStale} />
      <WebhookList project={slug} appUrl={ctx.appUrl} webhooks={items} health={health} />
      {nextCursor && (
        <Link
          href={pages.settings(slug, 'webhooks', { cursor: nextCursor })}
          className={`${buttonClass()} mt-3`}
        >
          {say.olderWebhooks}
        </Link>
      )}
    </>
  )
}
