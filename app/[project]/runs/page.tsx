import type { Metadata } from 'next'
import { readRunFilter, runFieldsShown, runsPerPage } from '@/components/runs/filter'
import { RunList } from '@/components/runs/run-list'
import { PageHeader } from '@/components/ui/page-header'
import { listAgentNames } from '@/db/queries/agents'
import { readRuns } from '@/lib/runs/read'
import { requireMember } from '@/lib/web/session'

export const metadata: Metadata = { title: 'Runs' }

type Props = {
  params: Promise<{ project: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function RunsPage({ params, searchParams }: Props) {
  const ctx = await requireMember((await params).project)
  const filter = readRunFilter(await searchParams)
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
