import type { Metadata } from 'next'
import { AgentPage, AgentsCrumb } from '@/components/agents/agent-page'
import { NewAgent } from '@/components/agents/new-agent'
import { UnlessArchived } from '@/components/archive/unless-archived'
import { Notice } from '@/components/ui/notice'
import { PageHeader } from '@/components/ui/page-header'
import { findAgentAtVersion, versionFields } from '@/lib/agents/at-version'
import { hasRole } from '@/lib/context'
import { pageQuery, type Search } from '@/lib/http/input'
import { requireMember } from '@/lib/sign-in/session'
import * as say from '@/words/pages/agents'
import { pause } from '../../pause-actions'
import { deploy } from '../actions'

export const metadata: Metadata = { title: say.deployAnAgent }

type Props = {
  params: Promise<{ project: string }>
  searchParams: Promise<Search>
}

/** An agent may be called `new`: its page is then here, and the form under `?form`. */
export default async function NewAgentPage({ params, searchParams }: Props) {
  const ctx = await requireMember((await params).project)
  const search = await searchParams
  const { query } = pageQuery(versionFields, search)
  const data = search.form === undefined ? await findAgentAtVersion(ctx, 'new', query.version) : undefined
  if (data) return <AgentPage ctx={ctx} name="new" data={data} deploy={deploy} pause={pause} />
  const project = ctx.project.slug
  return (
    <>
      <AgentsCrumb project={project} />
      <PageHeader title={say.deployAnAgent} note={say.judgedByThisFile} />
      {hasRole(ctx.actor.role, 'admin') ? (
        <UnlessArchived otherwise={<Notice>{say.noneInAnArchive}</Notice>}>
          <NewAgent project={project} deploy={deploy} />
        </UnlessArchived>
      ) : (
        <Notice>{say.deployingNeedsAdmin}</Notice>
      )}
    </>
  )
}
