import type { Metadata } from 'next'
import Link from 'next/link'
import { AgentList, AgentsEmpty } from '@/components/agents/agent-list'
import { buttonClass } from '@/components/ui/button'
import { Notice, PageHeader } from '@/components/ui/page-header'
import { readAgents } from '@/lib/agents/read'
import { hasRole, type Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { requireMember } from '@/lib/web/session'

export const metadata: Metadata = { title: 'Agents' }

type Props = {
  params: Promise<{ project: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function AgentsPage({ params, searchParams }: Props) {
  const ctx = await requireMember((await params).project)
  const { cursor } = await searchParams
  const project = ctx.project.slug
  const page = await readPage(ctx, typeof cursor === 'string' ? cursor : undefined)
  return (
    <>
      <PageHeader
        title="Agents"
        note="Which tools of which agent are gated, and on what conditions."
        actions={
          hasRole(ctx.actor.role, 'admin') && (
            <Link href={`/${project}/agents/new?form`} className={buttonClass()}>
              Deploy an agent
            </Link>
          )
        }
      />
      {page.isStale && (
        <div className="mb-6">
          <Notice tone="warn">That part of the list cannot be shown any more; this is its beginning.</Notice>
        </div>
      )}
      {page.items.length === 0 ? (
        <AgentsEmpty appUrl={ctx.appUrl} />
      ) : (
        <AgentList project={project} agents={page.items} />
      )}
      {page.next_cursor !== null && (
        <Link
          href={`/${project}/agents?cursor=${encodeURIComponent(page.next_cursor)}`}
          className={`mt-2 ${buttonClass({ variant: 'ghost' })}`}
        >
          Further agents
        </Link>
      )}
    </>
  )
}

const shown = new Set(['name', 'version', 'policy', 'warnings', 'deployed_by', 'deployed_at'] as const)

/** A cursor in a kept address may be older than the key that signs it. */
async function readPage(ctx: Context, cursor: string | undefined) {
  const limit = 50
  try {
    return { ...(await readAgents(ctx, { limit, cursor }, shown)), isStale: false }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid_cursor') throw error
    return { ...(await readAgents(ctx, { limit }, shown)), isStale: true }
  }
}
