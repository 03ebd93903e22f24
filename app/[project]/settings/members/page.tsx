import type { Metadata } from 'next'
import Link from 'next/link'
import { InviteForm } from '@/components/settings/invite-form'
import { MemberList } from '@/components/settings/member-list'
import { buttonClass } from '@/components/ui/button'
import { LeftOut } from '@/components/ui/left-out'
import { PageHeader } from '@/components/ui/page-header'
import { Section } from '@/components/ui/section'
import { hasRole } from '@/lib/context'
import { settings } from '@/lib/env'
import { readLastActive } from '@/lib/members/last-active'
import { readMembers } from '@/lib/members/read'
import { pageQuery, type Search } from '@/lib/http/input'
import { readFrom } from '@/lib/http/page-input'
import { paging } from '@/lib/query'
import { pages } from '@/lib/paths'
import { requireMember } from '@/lib/sign-in/session'
import * as say from '@/words/pages/settings-members'
import { invite, remove, setRole } from './actions'

export const metadata: Metadata = { title: say.members }

type Props = {
  params: Promise<{ project: string }>
  searchParams: Promise<Search>
}

export default async function MembersPage({ params, searchParams }: Props) {
  const ctx = await requireMember((await params).project)
  const { query, leftOut } = pageQuery({ cursor: paging.cursor }, await searchParams)
  const {
    items,
    next_cursor: nextCursor,
    isStale,
  } = await readFrom(query.cursor, (cursor) => readMembers(ctx, { limit: 100, cursor }))
  const isOwner = hasRole(ctx.actor.role, 'owner')
  const lastActive = await readLastActive(
    ctx,
    items.map(({ id }) => id),
  )
  const hasMail = settings().resendApiKey !== undefined
  const inviteNote = hasMail ? say.theyGetAMail : say.youGetALink
  return (
    <>
      <PageHeader title={say.members} note={say.whatRolesMay} />
      <LeftOut names={leftOut} isStale={isStale} />
      {isOwner && (
        <Section title={say.inviteAPerson} note={inviteNote}>
          <InviteForm project={ctx.project.slug} hasMail={hasMail} invite={invite} />
        </Section>
      )}
      <Section title={say.people}>
        <MemberList
          project={ctx.project.slug}
          members={items}
          isWhole={query.cursor === undefined && nextCursor === null}
          actions={isOwner ? { remove, setRole } : null}
          lastActive={lastActive}
          ownId={ctx.actor.id}
        />
        {nextCursor && (
          <Link
            href={pages.settings(ctx.project.slug, 'members', { cursor: nextCursor })}
            className={`${buttonClass()} mt-3`}
          >
            {say.moreMembers}
          </Link>
        )}
      </Section>
    </>
  )
}
