import type { Metadata } from 'next'
import { runFields, runFieldsShown, runsPerPage } from '@/components/runs/filter'
import { RunList } from '@/components/runs/run-list'
import { LeftOut } from '@/components/ui/left-out'
import { PageHeader } from '@/components/ui/page-header'
import { listAgentNames } from '@/db/queries/agents'
import { readRuns } from '@/lib/runs/read'
import { pageQuery, type Search } from '@/lib/http/input'
import { requireMember } from '@/lib/sign-in/session'

export const metadata: Metadata = { title: 'Runs' }

type Props = {
  params: Promise<{ project: string }>
  searchParams: Promise<Search>
}

export default async function RunsPage({ params, searchParams }: Props) {
  const ctx = await requireMember((await params).project)
  const { query: filter, leftOut } = pageQuery(runFields, await searchParams)
  const [runs, agents] = await Promise.all([
    readRuns(ctx, { ...filter, limit: runsPerPage }, new Set(runFieldsShown)),
    listAgentNames(ctx.db, ctx.project.id),
  ])
  return (
    <>
      <PageHeader
        title="Runs"
        note="What agents did, step by step, with the approvals that gated their tool calls."
      />
      <LeftOut names={leftOut} />
      <RunList
        key={JSON.stringify(filter)}
        project={ctx.project.slug}
        appUrl={ctx.appUrl}
        filter={filter}
        initial={runs}
        agents={agents}
      />
    </>
  )
}
