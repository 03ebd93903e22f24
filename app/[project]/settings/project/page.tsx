import type { Metadata } from 'next'
import { ArchiveControl, UnarchiveButton } from '@/components/archive/archive-control'
import { ProjectForm } from '@/components/settings/project-form'
import { PauseControl } from '@/components/pause/pause-control'
import { Fact, Facts, PageHeader, Section } from '@/components/ui/page-header'
import { Moment } from '@/components/ui/time'
import { hasRole } from '@/lib/context'
import { readProject } from '@/lib/members/read'
import { requireMember } from '@/lib/sign-in/session'
import { pause } from '../../pause-actions'
import { archive, saveProject, unarchive } from './actions'

export const metadata: Metadata = { title: 'Project' }

export default async function ProjectPage({ params }: { params: Promise<{ project: string }> }) {
  const ctx = await requireMember((await params).project)
  const project = await readProject(ctx)
  return (
    <>
      <PageHeader title="Project" note="Every change here stands in the audit log with what it was before." />
      {hasRole(ctx.actor.role, 'admin') ? (
        <ProjectForm
          slug={ctx.project.slug}
          project={project}
          isOwner={ctx.actor.role === 'owner'}
          save={saveProject}
        />
      ) : (
        <Facts>
          <Fact name="Name">{project.name}</Fact>
          <Fact name="Deciding on one's own requests">
            {project.allow_own_request ? 'allowed' : 'not allowed'}
          </Fact>
          <Fact name="Deploying policies">
            {project.deploys === 'people' ? 'people only' : 'people, and keys with the scope deploy'}
          </Fact>
          <Fact name="The audit log tells of every run">{project.audit_runs ? 'yes' : 'no'}</Fact>
          <Fact name="Runs are kept">{period(project.retention_days)}</Fact>
          <Fact name="The audit log is kept">
            {period(project.audit_retention_days)}
            {project.audit_retention_pending && (
              <>
                , from <Moment at={project.audit_retention_pending.effective_at} /> on{' '}
                {period(project.audit_retention_pending.days)}
              </>
            )}
          </Fact>
        </Facts>
      )}
      {hasRole(ctx.actor.role, 'reviewer') && project.paused === null && project.archived === null && (
        <Section
          title="Stop everything"
          note="For when agents do what they should not and nobody has found out why. Single agents are paused on their own pages."
          className="mt-10 max-w-lg"
        >
          <PauseControl project={ctx.project.slug} agent={null} isPaused={false} act={pause} size="md" />
        </Section>
      )}
      {ctx.actor.role === 'owner' && (
        <DangerZone slug={ctx.project.slug} isArchived={project.archived !== null} />
      )}
    </>
  )
}

function DangerZone({ slug, isArchived }: { slug: string; isArchived: boolean }) {
  return isArchived ? (
    <Section
      title="Archived"
      note="Agents that ask are told to stop. Opened again, the project takes calls as before; runs that were ended stay so."
      className="mt-10 max-w-lg"
    >
      <UnarchiveButton project={slug} unarchive={unarchive} />
    </Section>
  ) : (
    <Section
      title="Danger zone"
      note="For a project whose agents are done. It can be opened again, but what it withdraws stays withdrawn. A project is not deleted here: its audit log is a record."
      className="mt-10 max-w-lg"
    >
      <ArchiveControl project={slug} archive={archive} />
    </Section>
  )
}

function period(days: number | null): string {
  if (days === null) return 'for ever'
  return days === 1 ? 'for 1 day' : `for ${days} days`
}
