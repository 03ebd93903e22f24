import type { Metadata } from 'next'
import { z } from 'zod'
import { DecidedList } from '@/components/approvals/decided-list'
import { outcomes, queueFields } from '@/components/approvals/input'
import { LinkedApproval } from '@/components/approvals/linked-approval'
import { PendingList } from '@/components/approvals/pending-list'
import { QueueEmpty } from '@/components/approvals/queue-empty'
import { rowsPerPage } from '@/components/approvals/rows-per-page'
import { LeftOut } from '@/components/ui/left-out'
import { Notice, PageHeader } from '@/components/ui/page-header'
import { listAgentNames } from '@/db/queries/agents'
import { readApproval, readSeenApprovals } from '@/lib/approvals/read'
import type { Approval } from '@/lib/approvals/schemas'
import { hasRole, type Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { pageQuery, type Search } from '@/lib/http/input'
import { requireMember } from '@/lib/sign-in/session'

export const metadata: Metadata = { title: 'Approvals' }

const ApprovalId = z.string().max(200)

type Props = {
  params: Promise<{ project: string }>
  searchParams: Promise<Search>
}

/** Links in mails and messages lead here with `?approval=ID`; opening one decides nothing. */
export default async function ApprovalsPage({ params, searchParams }: Props) {
  const ctx = await requireMember((await params).project)
  const { query, leftOut } = pageQuery({ ...queueFields, approval: ApprovalId }, await searchParams)
  const { approval, ...filter } = query
  const { status, agent, tool, q } = filter
  const [pending, decided, linked, agents] = await Promise.all([
    readSeenApprovals(ctx, { statuses: ['pending'], agent, tool, q, limit: rowsPerPage }),
    readSeenApprovals(ctx, { statuses: status ? [status] : outcomes, agent, tool, q, limit: rowsPerPage }),
    findLinked(ctx, approval),
    listAgentNames(ctx.db, ctx.project.id),
  ])
  const project = ctx.project.slug
  const isFiltered = agent !== undefined || tool !== undefined || q !== undefined
  return (
    <>
      <PageHeader
        title="Approvals"
        note="Tool calls that wait for a person, and what became of those before."
      />
      <LeftOut names={leftOut} />
      {linked === 'unknown' && (
        <div className="mb-6">
          <Notice tone="warn">The request that you followed a link to is not in this project.</Notice>
        </div>
      )}
      {linked !== 'unknown' && linked !== null && linked.status !== 'pending' && (
        <LinkedApproval project={project} initial={linked} />
      )}
      <PendingList
        key={JSON.stringify({ filter, linked: approval })}
        project={project}
        filter={filter}
        initial={pending}
        linked={linked !== 'unknown' && linked?.status === 'pending' ? linked : null}
        canDecide={hasRole(ctx.actor.role, 'reviewer')}
        empty={<QueueEmpty isFiltered={isFiltered} hasAgents={agents.length > 0} appUrl={ctx.appUrl} />}
      />
      <DecidedList
        key={JSON.stringify(filter)}
        project={project}
        filter={filter}
        initial={decided}
        agents={agents}
      />
    </>
  )
}

async function findLinked(ctx: Context, id: string | undefined): Promise<Approval | 'unknown' | null> {
  if (id === undefined) return null
  try {
    return await readApproval(ctx, id)
  } catch (error) {
    if (error instanceof AppError && (error.code === 'not_found' || error.code === 'invalid_id'))
      return 'unknown'
    throw error
  }
}
