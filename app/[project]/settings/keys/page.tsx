import type { Metadata } from 'next'
import Link from 'next/link'
import { UnlessArchived } from '@/components/archive/unless-archived'
import { CreateKeyForm } from '@/components/settings/create-key-form'
import { KeyList } from '@/components/settings/key-list'
import { buttonClass } from '@/components/ui/button'
import { LeftOut } from '@/components/ui/left-out'
import { PageHeader } from '@/components/ui/page-header'
import { Section } from '@/components/ui/section'
import { readAgentNames } from '@/lib/agents/names'
import { hasRole } from '@/lib/context'
import { readKeys } from '@/lib/keys/read'
import { readMembers } from '@/lib/members/read'
import { pageQuery, type Search } from '@/lib/http/input'
import { readFrom } from '@/lib/http/page-input'
import { paging } from '@/lib/query'
import { pages } from '@/lib/paths'
import { requireMember } from '@/lib/sign-in/session'
import * as say from '@/words/pages/settings-keys'
import { makeKey, makeToken, revoke } from './actions'

export const metadata: Metadata = { title: say.keys }

type Props = {
  params: Promise<{ project: string }>
  searchParams: Promise<Search>
}

export default async function KeysPage({ params, searchParams }: Props) {
  const ctx = await requireMember((await params).project)
  const { query, leftOut } = pageQuery({ cursor: paging.cursor }, await searchParams)
  const {
    items,
    next_cursor: nextCursor,
    isStale,
  } = await readFrom(query.cursor, (cursor) => readKeys(ctx, { limit: 100, cursor }))
  const { slug } = ctx.project
  const isAdmin = hasRole(ctx.actor.role, 'admin')
  const [[agent], members] = await Promise.all([readAgentNames(ctx), readMembers(ctx, { limit: 100 })])
  const people = Object.fromEntries(members.items.map(({ id, name, email }) => [id, name ?? email]))
  const shared = { project: slug, appUrl: ctx.appUrl, agent }
  return (
    <>
      <PageHeader title={say.keys} note={say.whatKeysAre} />
      <LeftOut names={leftOut} isStale={isStale} />
      {isAdmin && (
        <Section
          title={say.agentKeys}
          actions={
            <UnlessArchived>
              <CreateKeyForm {...shared} kind="agent" make={makeKey} />
            </UnlessArchived>
          }
        >
          <KeyList
            project={slug}
            kind="agent"
            keys={items.filter((key) => key.kind === 'agent')}
            people={people}
            revoke={revoke}
          />
        </Section>
      )}
      <Section
        title={say.yourPersonalTokens}
        actions={
          <UnlessArchived>
            <CreateKeyForm {...shared} kind="personal" make={makeToken} />
          </UnlessArchived>
        }
      >
        <KeyList
          project={slug}
          kind="personal"
          keys={items.filter((key) => key.kind === 'personal')}
          people={{}}
          revoke={revoke}
        />
      </Section>
      {nextCursor && (
        <Link href={pages.settings(slug, 'keys', { cursor: nextCursor })} className={buttonClass()}>
          {say.olderKeys}
        </Link>
      )}
    </>
  )
}
