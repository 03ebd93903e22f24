import type { Metadata } from 'next'
import Link from 'next/link'
import { AwayForm } from '@/components/settings/people/away-form'
import { AwayList } from '@/components/settings/people/away-list'
import { GroupList } from '@/components/settings/people/group-list'
import { NewGroup } from '@/components/settings/people/new-group'
import { buttonClass } from '@/components/ui/button'
import { LeftOut } from '@/components/ui/left-out'
import { PageHeader } from '@/components/ui/page-header'
import { Section } from '@/components/ui/section'
import { hasRole } from '@/lib/context'
import { readGroups } from '@/lib/groups/read'
import { pageQuery, type Search } from '@/lib/http/input'
import { readFrom } from '@/lib/http/page-input'
import { readMembers } from '@/lib/members/read'
import { pages } from '@/lib/paths'
import { paging } from '@/lib/query'
import { requireMember } from '@/lib/sign-in/session'
import * as say from '@/words/pages/settings-people'
import { addToGroup, changeGroup, makeGroup, removeGroup, sayAway, sayBack, takeFromGroup } from './actions'

export const metadata: Metadata = { title: say.people }

/** So many members can be chosen from; of further ones the API knows. */
const mostMembers = 100

type Props = {
  params: Promise<{ project: string }>
  searchParams: Promise<Search>
}

/** Who decides together under one name, and who is away. */
export default async function PeoplePage({ params, searchParams }: Props) {
  const ctx = await requireMember((await params).project)
  const { query, leftOut } = pageQuery({ cursor: paging.cursor }, await searchParams)
  const [groups, { items: members }] = await Promise.all([
    readFrom(query.cursor, (cursor) => readGroups(ctx, { limit: 50, cursor })),
    readMembers(ctx, { limit: mostMembers }),
  ])
  const project = ctx.project.slug
  const isAdmin = hasRole(ctx.actor.role, 'admin')
  const own = { id: ctx.actor.id, isOwner: hasRole(ctx.actor.role, 'owner') }
  return (
    <>
      <PageHeader title={say.people} note={say.whatPeopleAre} />
      <LeftOut names={leftOut} isStale={groups.isStale} />
      <Section
        title={say.groups}
        note={isAdmin ? undefined : say.adminsMakeGroups}
        actions={isAdmin && <NewGroup project={project} make={makeGroup} />}
      >
        <GroupList
          project={project}
          groups={groups.items}
          members={members}
          actions={
            isAdmin
              ? { change: changeGroup, remove: removeGroup, add: addToGroup, take: takeFromGroup }
              : null
          }
        />
        {groups.next_cursor && (
          <Link
            href={pages.settings(project, 'people', { cursor: groups.next_cursor })}
            className={`${buttonClass()} mt-3`}
          >
            {say.moreGroups}
          </Link>
        )}
      </Section>
      <Section title={say.away} note={say.rolesHoldForStandIns}>
        <div className="space-y-4">
          <AwayForm project={project} members={members} own={own} save={sayAway} />
          <AwayList project={project} members={members} own={own} clear={sayBack} />
        </div>
      </Section>
    </>
  )
}
