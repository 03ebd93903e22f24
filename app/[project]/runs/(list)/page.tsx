import type { Metadata } from 'next'
import { Suspense } from 'react'
import { runFields, sinceMoment, type RunFilter } from '@/components/runs/filter'
import { RunFilters } from '@/components/runs/run-filters'
import { RunList } from '@/components/runs/run-list'
import { LeftOut } from '@/components/ui/left-out'
import { PageHeader } from '@/components/ui/page-header'
import { rowsPerPage } from '@/components/ui/rows-per-page'
import { readAgentNames } from '@/lib/agents/names'
import type { Context } from '@/lib/context'
import { readRuns } from '@/lib/runs/read'
import { listedRunFields } from '@/lib/runs/statuses'
import { pageQuery, type Search } from '@/lib/http/input'
import { requireMember } from '@/lib/sign-in/session'
import * as say from '@/words/pages/runs'

export const metadata: Metadata = { title: say.runs }

type Props = {
  params: Promise<{ project: string }>
  searchParams: Promise<Search>
}

const renderedAt = () => Date.now()

export default async function RunsPage({ params, searchParams }: Props) {
  const ctx = await requireMember((await params).project)
  const { query: filter, leftOut } = pageQuery(runFields, await searchParams)
  const { status, ...same } = filter
  const since = sinceMoment(filter, renderedAt())
  const wanted = { ...same, since, statuses: status && [status], limit: rowsPerPage }
  const runs = await readRuns(ctx, wanted, new Set(listedRunFields))
  const project = ctx.project.slug
  return (
    <>
      <PageHeader title={say.runs} note={say.whatRunsAre} />
      <LeftOut names={leftOut} />
      <Suspense fallback={<RunFilters project={project} filter={filter} agents={[]} />}>
        <FiltersWithAgents ctx={ctx} filter={filter} />
      </Suspense>
      <RunList
        key={JSON.stringify(filter)}
        project={project}
        appUrl={ctx.appUrl}
        filter={filter}
        since={since?.toISOString() ?? null}
        initial={runs}
      />
    </>
  )
}

async function FiltersWithAgents({ ctx, filter }: { ctx: Context; filter: RunFilter }) {
  return <RunFilters project={ctx.project.slug} filter={filter} agents={await readAgentNames(ctx)} />
}
