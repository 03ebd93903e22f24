import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { KeptMailBanner } from '@/components/frame/kept-mail-banner'
import { Frame } from '@/components/frame/frame'
import { ArchiveBanner } from '@/components/archive/archive-banner'
import { ArchivedProject } from '@/components/archive/unless-archived'
import { PauseBanner } from '@/components/pause/pause-banner'
import { PausedAgents } from '@/components/pause/paused-agents'
import { listProjectsOfUser } from '@/db/queries/members'
import { countForPerson } from '@/db/queries/snoozes'
import { hasRole } from '@/lib/context'
import { keepsMails, settings } from '@/lib/env'
import { readPauses } from '@/lib/pause/read'
import { requireMember } from '@/lib/sign-in/session'
import * as say from '@/words/pages/project'
import { resume } from './pause-actions'
import { markRead, findPushKey, tellByPush, tellByPushNoMore } from './settings/notifications/actions'

const push = {
  readKey: findPushKey,
  subscribe: tellByPush,
  unsubscribe: tellByPushNoMore,
}

type Props = { children: ReactNode; drawer: ReactNode; params: Promise<{ project: string }> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const member = await requireMember((await params).project).catch(() => null)
  // Whoever may not see the project is turned away by the layout, whatever page they asked for.
  if (member === null) return { title: { absolute: say.notFoundIn(), template: say.notFoundIn() } }
  const { name } = member.project
  return { title: { default: name, template: `%s · ${name} · Holdpoint` } }
}

/** The frame of a project's pages. Each page below checks the membership for itself as well. */
export default async function ProjectLayout({ children, drawer, params }: Props) {
  const ctx = await requireMember((await params).project)
  const { db, project, actor } = ctx
  const [projects, { pending, snoozed }, { pauses, archived }] = await Promise.all([
    listProjectsOfUser(db, actor.id),
    countForPerson(db, project.id, actor.id),
    readPauses(ctx),
  ])
  return (
    <Frame
      project={{ slug: project.slug, name: project.name, isArchived: archived !== null }}
      projects={projects.map(({ slug, name, isArchived }) => ({ slug, name, isArchived }))}
      mayCreate={settings().createProjects && hasRole(actor.role, 'admin')}
      person={{ id: actor.id, name: actor.name, email: actor.email, role: actor.role }}
      pendingCount={pending - snoozed}
      markRead={markRead}
      push={push}
      banner={
        <>
          {keepsMails(settings()) && <KeptMailBanner />}
          {archived && <ArchiveBanner archived={archived} />}
          <PauseBanner
            project={project.slug}
            pauses={pauses}
            resume={hasRole(actor.role, 'admin') ? resume : null}
          />
        </>
      }
    >
      <ArchivedProject isArchived={archived !== null}>
        <PausedAgents names={pauses.map(({ agent }) => agent)}>{children}</PausedAgents>
        {drawer}
      </ArchivedProject>
    </Frame>
  )
}
