import type { Metadata } from 'next'
import { ArchiveControl, UnarchiveButton } from '@/components/archive/archive-control'
import { ProjectForm } from '@/components/settings/project-form'
import { PauseControl } from '@/components/pause/pause-control'
import { Fact, Facts } from '@/components/ui/facts'
import { PageHeader } from '@/components/ui/page-header'
import { Section } from '@/components/ui/section'
import { Moment } from '@/components/ui/time'
import { hasRole } from '@/lib/context'
import { readProject } from '@/lib/members/read'
import { requireMember } from '@/lib/sign-in/session'
import * as say from '@/words/pages/settings-project'
import { pause } from '../../pause-actions'
import { archive, saveProject, unarchive } from './actions'

export const metadata: Metadata = { title: say.project }

export default async function ProjectPage({ params }: { params: Promise<{ project: string }> }) {
  const ctx = await requireMember((await params).project)
  const project = await readProject(ctx)
  return (
    <>
      <PageHeader title={say.project} note={say.everyChangeIsOnRecord} />
      {hasRole(ctx.actor.role, 'admin') ? (
        <ProjectForm
          slug={ctx.project.slug}
          project={project}
          isOwner={ctx.actor.role === 'owner'}
          save={saveProject}
        />
      ) : (
        <Facts>
          <Fact name={say.name}>{project.name}</Fact>
          <Fact name={say.decidingOnOnesOwn}>{project.allow_own_request ? say.allowed : say.notAllowed}</Fact>
          <Fact name={say.deployingPolicies}>
            {project.deploys === 'people' ? say.peopleOnly : say.peopleAndKeys}
          </Fact>
          <Fact name={say.auditsEveryRun}>{project.audit_runs ? say.yes : say.no}</Fact>
          <Fact name={say.runsAreKept}>{say.keptFor(project.retention_days)}</Fact>
          <Fact name={say.theAuditLogIsKept}>
            {say.keptFor(project.audit_retention_days)}
            {project.audit_retention_pending &&
              say.fromThenOn(
                <Moment at={project.audit_retention_pending.effective_at} />,
                say.keptFor(project.audit_retention_pending.days),
              )}
          </Fact>
        </Facts>
      )}
      {hasRole(ctx.actor.role, 'reviewer') && project.paused === null && project.archived === null && (
        <Section title={say.stopEverything} note={say.whenToStopEverything} className="mt-10 max-w-lg">
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
    <Section title={say.archived} note={say.whatArchivedMeans} className="mt-10 max-w-lg">
      <UnarchiveButton project={slug} unarchive={unarchive} />
    </Section>
  ) : (
    <Section title={say.dangerZone} note={say.whenToArchive} className="mt-10 max-w-lg">
      <ArchiveControl project={slug} archive={archive} />
    </Section>
  )
}
