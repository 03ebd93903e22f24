import type { Metadata } from 'next'
import { cache, Suspense } from 'react'
import { z } from 'zod'
import { DecidedList } from '@/components/approvals/decided-list'
import { queueFields, type QueueFilter } from '@/components/approvals/filter'
import { QueueFilters } from '@/components/approvals/filters'
import { LinkedApproval } from '@/components/approvals/linked-approval'
import { PendingList } from '@/components/approvals/pending-list'
import { QueueEmpty } from '@/components/approvals/queue-empty'
import { LeftOut } from '@/components/ui/left-out'
import { Notice, PageHeader, Section } from '@/components/ui/page-header'
import { rowsPerPage } from '@/components/ui/rows-per-page'
import { SkeletonRows } from '@/components/ui/skeleton'
import { readAgentNames } from '@/lib/agents/names'
import { readApproval, readSeenApprovals } from '@/lib/approvals/read'
import type { Approval } from '@/lib/approvals/schemas'
import { outcomes } from '@/lib/approvals/statuses'
import { hasRole, type Context, type MemberActor } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { pageQuery, type Search } from '@/lib/http/input'
import { requireMember } from '@/lib/sign-in/session'
import { decide, decideMany } from './actions'

export const metadata: Metadata = { title: 'Approvals' }

const ApprovalId = z.string().max(200)

type Props = {
  params: Promise<{ project: string }>
  searchParams: Promise<Search>
}

/**
 * Links in mails and messages lead here with `?approval=ID`; opening one decides nothing. The queue waits for nothing
 * but itself: what was decided, a linked request that is not in it and the names of agents come when they come.
 */
export default async function ApprovalsPage({ params, searchParams }: Props) {
  const ctx = await requireMember((await params).project)
  const { query, leftOut } = pageQuery({ ...queueFields, approval: ApprovalId }, await searchParams)
  const { approval: linkedId, ...filter } = query
  const { agent, tool, q } = filter
  const pending = await readSeenApprovals(ctx, {
    statuses: ['pending'],
    sort: 'deadline',
    agent,
    tool,
    q,
    limit: rowsPerPage,
  })
  const project = ctx.project.slug
  const isInQueue = pending.items.some(({ id }) => id === linkedId)
  const shown = JSON.stringify(filter)
  return (
    <>
      <PageHeader
        title="Approvals"
        note="Tool calls that wait for a person, and what became of those before."
      />
      <LeftOut names={leftOut} />
      {linkedId !== undefined && !isInQueue && (
        <Suspense key={linkedId} fallback={<LinkedSkeleton />}>
          <Linked ctx={ctx} id={linkedId} />
        </Suspense>
      )}
      <PendingList
        key={JSON.stringify({ filter, linkedId })}
        project={project}
        filter={filter}
        initial={pending}
        linkedId={linkedId}
        deciding={hasRole(ctx.actor.role, 'reviewer') ? { decide, decideMany } : null}
        empty={
          <Suspense fallback={<SkeletonRows rows={2} label="Loading" />}>
            <Empty ctx={ctx} isFiltered={(agent ?? tool ?? q) !== undefined} />
          </Suspense>
        }
      />
      <Section
        title="Decided"
        actions={
          <Suspense fallback={<QueueFilters project={project} filter={filter} agents={[]} />}>
            <FiltersWithAgents ctx={ctx} filter={filter} />
          </Suspense>
        }
      >
        <Suspense key={shown} fallback={<SkeletonRows label="Loading what was decided" />}>
          <Decided ctx={ctx} filter={filter} />
        </Suspense>
      </Section>
    </>
  )
}

async function Linked({ ctx, id }: { ctx: Context<MemberActor>; id: string }) {
  const linked = await findLinked(ctx, id)
  if (linked === 'unknown') {
    return (
      <div className="mb-6">
        <Notice tone="warn">The request that you followed a link to is not in this project.</Notice>
      </div>
    )
  }
  const mayDecide = hasRole(ctx.actor.role, 'reviewer')
  return <LinkedApproval project={ctx.project.slug} initial={linked} decide={mayDecide ? decide : null} />
}

/** About as high as an opened request. */
function LinkedSkeleton() {
  return (
    <div className="mb-8">
      <h2 className="mb-2.5 text-base font-semibold">The request you followed a link to</h2>
      <SkeletonRows rows={5} label="Loading the request" />
    </div>
  )
}

async function Empty({ ctx, isFiltered }: { ctx: Context; isFiltered: boolean }) {
  const agents = await agentNames(ctx)
  return <QueueEmpty isFiltered={isFiltered} hasAgents={agents.length > 0} appUrl={ctx.appUrl} />
}

async function FiltersWithAgents({ ctx, filter }: { ctx: Context; filter: QueueFilter }) {
  return <QueueFilters project={ctx.project.slug} filter={filter} agents={await agentNames(ctx)} />
}

/** Read once a request. */
const agentNames = cache(readAgentNames)

/** What could not be read in time takes no queue with it: the browser reads it again, and says why it cannot be. */
async function Decided({ ctx, filter }: { ctx: Context; filter: QueueFilter }) {
  const { status, agent, tool, q } = filter
  const statuses = status ? [status] : outcomes
  const read = readSeenApprovals(ctx, { statuses, sort: 'decided', agent, tool, q, limit: rowsPerPage })
  const initial = await read.catch(() => null)
  return <DecidedList project={ctx.project.slug} filter={filter} initial={initial} />
}

async function findLinked(ctx: Context, id: string): Promise<Approval | 'unknown'> {
  try {
    return await readApproval(ctx, id)
  } catch (error) {
    if (error instanceof AppError && (error.code === 'not_found' || error.code === 'invalid_id'))
      return 'unknown'
    throw error
  }
}
