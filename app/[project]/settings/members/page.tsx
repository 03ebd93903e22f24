import type { Metadata } from 'next'
import Link from 'next/link'
import { InviteForm } from '@/components/settings/invite-form'
import { MemberList } from '@/components/settings/member-list'
import { buttonClass } from '@/components/ui/button'
import { LeftOut } from '@/components/ui/left-out'
import { PageHeader, Section } from '@/components/ui/page-header'
import { hasRole } from '@/lib/context'
import { settings } from '@/lib/env'
import { readLastActive } from '@/lib/members/last-active'
import { readMembers } from '@/lib/members/read'
import { pageQuery, type Search } from '@/lib/http/input'
import { readFrom } from '@/lib/http/page-input'
import { paging } from '@/lib/query'
import { pages } from '@/lib/paths'
import { requireMember } from '@/lib/sign-in/session'
import { invite, remove, setRole } from './actions'

export const metadata: Metadata = { title: 'Members' }

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
  const inviteNote = hasMail
    ? 'They get a mail with a link; you get one to hand over yourself.'
    : 'No mail service is set up: you get a link to hand over yourself.'
  return (
    <>
      <PageHeader
        title="Members"
        note="Viewers read, reviewers decide, admins also manage agents and keys, owners also manage members."
      />
      <LeftOut names={leftOut} isStale={isStale} />
      {isOwner && (
        <Section title="Invite a person" note={inviteNote}>
          <InviteForm project={ctx.project.slug} hasMail={hasMail} invite={invite} />
        </Section>
      )}
      <Section title="People">
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
            More members
          </Link>
        )}
      </Section>
    </>
  )
}
