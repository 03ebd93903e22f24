'use client'

import Link from 'next/link'
import type { Listed } from '@/lib/fields'
import { api, pages } from '@/lib/paths'
import type { ListedRun } from '@/lib/runs/schemas'
import { listedRunFields } from '@/lib/runs/statuses'
import { curl, firstAsk } from '@/lib/try-it'
import * as say from '@/words/runs/run-list'
import { StatusBadge } from '../ui/badge'
import { EmptyState } from '../ui/empty-state'
import { GoingThere } from '../ui/going-there'
import { PagedList } from '../ui/paged-list'
import { rowsPerPage } from '../ui/rows-per-page'
import { Age } from '../ui/time'
import { UntrustedText } from '../ui/untrusted-text'
import { Duration } from './duration'
import type { RunFilter } from './filter'
import { subjectIn } from './trace-row'

type RunListProps = {
  project: string
  appUrl: string
  filter: RunFilter
  /** The moment that the filter's time means. */
  since: string | null
  initial: Listed<ListedRun>
}

/** Starts and ends of runs make no event of their own. */
const lookMs = 15_000

/** Runs, newest first, each a press away from its trace. */
export function RunList({ project, appUrl, filter, since, initial }: RunListProps) {
  return (
    <PagedList
      label={say.runs}
      what={say.theRuns}
      path={api.runs(project, {
        limit: rowsPerPage,
        fields: listedRunFields.join(),
        ...filter,
        since: since ?? undefined,
      })}
      initial={initial}
      refreshMs={() => lookMs}
      empty={<RunsEmpty isFiltered={Object.keys(filter).length > 0} appUrl={appUrl} />}
    >
      {(run) => <RunRow key={run.id} project={project} run={run} />}
    </PagedList>
  )
}

function RunRow({ project, run }: { project: string; run: ListedRun }) {
  const subject = subjectIn(run.brief?.input ?? '')
  const ms = run.finished_at === null ? null : Date.parse(run.finished_at) - Date.parse(run.started_at)
  return (
    <li>
      <Link
        href={pages.run(project, run.id)}
        scroll={false}
        prefetch={false}
        className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-3 py-2.5 compact:py-1 -outline-offset-2 hover:bg-hover sm:px-4
          md:grid-cols-[9.5rem_minmax(0,9rem)_minmax(0,1fr)_minmax(0,12rem)_6.5rem_6.5rem]"
      >
        <span className="order-2 justify-self-end md:order-none md:justify-self-start">
          <StatusBadge status={run.status} />
        </span>
        <span className="min-w-0 truncate font-medium">
          <GoingThere>{run.agent}</GoingThere>
        </span>
        <span className="order-3 col-span-2 min-w-0 truncate empty:hidden md:order-none md:col-span-1 md:empty:block">
          {subject !== null && <UntrustedText text={subject} singleLine isBrief maxCharacters={160} />}
        </span>
        <span className="code order-4 min-w-0 truncate text-muted md:order-none">
          {run.external_id ?? run.id}
        </span>
        <span className="order-5 justify-self-end text-sm text-muted md:order-none">
          {(ms === null ? say.goingOnFor : say.took)(<Duration ms={ms} since={run.started_at} />)}
        </span>
        <span className="hidden justify-self-end text-sm text-muted md:block">
          <span className="sr-only">{say.started} </span>
          <Age at={run.started_at} />
        </span>
      </Link>
    </li>
  )
}

function RunsEmpty({ isFiltered, appUrl }: { isFiltered: boolean; appUrl: string }) {
  if (isFiltered)
    return (
      <EmptyState icon="search" title={say.noneMatches}>
        {say.howFarItLooks}
      </EmptyState>
    )
  const command = curl(appUrl, {
    method: 'POST',
    path: '/runs',
    token: '$HOLDPOINT_KEY',
    json: { agent: firstAsk.agent, input: { order_id: firstAsk.params.order_id } },
  })
  return (
    <EmptyState icon="runs" title={say.noRunYet} command={command}>
      {say.whenOneAppears}
    </EmptyState>
  )
}
