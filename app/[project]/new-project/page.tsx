import type { Metadata } from 'next'
import { NewProjectForm } from '@/components/settings/new-project-form'
import { Command } from '@/components/ui/empty-state'
import { Notice } from '@/components/ui/notice'
import { PageHeader } from '@/components/ui/page-header'
import { roleWord } from '@/components/ui/role-word'
import { hasRole } from '@/lib/context'
import { settings } from '@/lib/env'
import { requireMember } from '@/lib/sign-in/session'
import * as say from '@/words/pages/new-project'
import { createProject } from './actions'

export const metadata: Metadata = { title: say.newProject }

export default async function NewProjectPage({ params }: { params: Promise<{ project: string }> }) {
  const { actor, project } = await requireMember((await params).project)
  const isOpen = settings().createProjects
  return (
    <>
      <PageHeader title={say.newProject} note={say.whatANewProjectHas} />
      {isOpen && hasRole(actor.role, 'admin') ? (
        <NewProjectForm slug={project.slug} create={createProject} />
      ) : (
        <Notice>
          {isOpen ? (
            say.adminsMakeProjects(project.name, roleWord(actor.role))
          ) : (
            <>
              <p className="mb-2">{say.operatorMakesProjects}</p>
              <Command text='npm run --silent admin -- project create "NAME"' />
            </>
          )}
        </Notice>
      )}
    </>
  )
}
