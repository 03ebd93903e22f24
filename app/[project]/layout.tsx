import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { KeptMailBanner } from '@/components/frame/kept-mail-banner'
import { Frame } from '@/components/frame/frame'
import { countPending } from '@/db/queries/approvals'
import { listProjectsOfUser } from '@/db/queries/members'
import { keepsMails, settings } from '@/lib/env'
import { requireMember } from '@/lib/sign-in/session'
import { markRead } from './settings/notifications/actions'

type Props = { children: ReactNode; drawer: ReactNode; params: Promise<{ project: string }> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const member = await requireMember((await params).project).catch(() => null)
  // Whoever may not see the project is turned away by the layout, not by its title.
  if (member === null) return {}
  const { name } = member.project
  return { title: { default: name, template: `%s · ${name} · Holdpoint` } }
}

/** The frame of a project's pages. Each page below checks the membership for itself as well. */
export default async function ProjectLayout({ children, drawer, params }: Props) {
  const { db, project, actor } = await requireMember((await params).project)
  const [projects, pendingCount] = await Promise.all([
    listProjectsOfUser(db, actor.id),
    countPending(db, project.id),
  ])
  return (
    <Frame
      project={{ slug: project.slug, name: project.name }}
      projects={projects.map(({ slug, name }) => ({ slug, name }))}
      person={{ id: actor.id, name: actor.name, email: actor.email, role: actor.role }}
      pendingCount={pendingCount}
      markRead={markRead}
      banner={keepsMails(settings()) && <KeptMailBanner />}
    >
      {children}
      {drawer}
    </Frame>
  )
}
