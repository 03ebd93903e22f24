import type { Metadata } from 'next'
import { NewProjectForm } from '@/components/settings/new-project-form'
import { Command } from '@/components/ui/empty-state'
import { Notice, PageHeader } from '@/components/ui/page-header'
import { hasRole } from '@/lib/context'
import { settings } from '@/lib/env'
import { requireMember } from '@/lib/sign-in/session'
import { createProject } from './actions'

export const metadata: Metadata = { title: 'New project' }

export default async function NewProjectPage({ params }: { params: Promise<{ project: string }> }) {
  const { actor, project } = await requireMember((await params).project)
  const isOpen = settings().createProjects
  return (
    <>
      <PageHeader
        title="New project"
        note="With agents, keys, members and an audit log of its own. You will be its owner."
      />
      {isOpen && hasRole(actor.role, 'admin') ? (
        <NewProjectForm slug={project.slug} create={createProject} />
      ) : (
        <Notice>
          {isOpen ? (
            `Owners and admins make projects; in ${project.name} you are a ${actor.role}.`
          ) : (
            <>
              <p className="mb-2">On this server its operator makes projects, at the terminal:</p>
              <Command text='npm run --silent admin -- project create "NAME"' />
            </>
          )}
        </Notice>
      )}
    </>
  )
}
