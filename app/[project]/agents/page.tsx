import type { Metadata } from 'next'
import Link from 'next/link'
import { UnlessArchived } from '@/components/archive/unless-archived'
import { AgentList, AgentsEmpty } from '@/components/agents/agent-list'
import { buttonClass } from '@/components/ui/button'
import { LeftOut } from '@/components/ui/left-out'
import { PageHeader } from '@/components/ui/page-header'
import { readAgents } from '@/lib/agents/read'
import { hasRole } from '@/lib/context'
import { pageQuery, type Search } from '@/lib/http/input'
import { readFrom } from '@/lib/http/page-input'
import { paging } from '@/lib/query'
import { pages } from '@/lib/paths'
import { requireMember } from '@/lib/sign-in/session'
import * as say from '@/words/pages/agents'

export const metadata: Metadata = { title: say.agents }

type Props = {
  params: Promise<{ project: string }>
  searchParams: Promise<Search>
}

export default async function AgentsPage({ params, searchParams }: Props) {
  const ctx = await requireMember((await params).project)
  const { query, leftOut } = pageQuery({ cursor: paging.cursor }, await searchParams)
  const project = ctx.project.slug
  const page = await readFrom(query.cursor, (cursor) => readAgents(ctx, { limit: 50, cursor }, shown))
  return (
    <>
      <PageHeader
        title={say.agents}
        note={say.whatAgentsAre}
        actions={
          hasRole(ctx.actor.role, 'admin') && (
            <UnlessArchived>
              <Link href={pages.newAgent(project)} className={buttonClass()}>
                {say.deployAnAgent}
              </Link>
            </UnlessArchived>
          )
        }
      />
      <LeftOut names={leftOut} isStale={page.isStale} />
      {page.items.length === 0 ? (
        <AgentsEmpty appUrl={ctx.appUrl} />
      ) : (
        <AgentList project={project} agents={page.items} />
      )}
      {page.next_cursor !== null && (
        <Link
          href={pages.agents(project, { cursor: page.next_cursor })}
          className={`mt-2 ${buttonClass({ variant: 'ghost' })}`}
        >
          {say.furtherAgents}
        </Link>
      )}
    </>
  )
}

const shown = new Set([
  'name',
  'version',
  'policy',
  'warnings',
  'deployed_by',
  'deployed_at',
  'paused',
] as const)
