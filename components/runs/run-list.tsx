'use client'

import Link from 'next/link'
import useSWRInfinite from 'swr/infinite'
import { pages } from '@/lib/paths'
import { fetchJson } from '../frame/fetch-json'
import { useLive } from '../frame/live'
import { StatusBadge } from '../ui/badge'
import { Button } from '../ui/button'
import { EmptyState, ErrorState } from '../ui/empty-state'
import { GoingThere } from '../ui/going-there'
import { ListFrame } from '../ui/table'
import { Age, Duration } from '../ui/time'
import { runFieldsShown, runsPerPage, writeRunFilter, type ListedRun, type RunQuery } from './filter'
import { RunFilters } from './run-filters'

type RunPage = { items: ListedRun[]; next_cursor: string | null }
type RunListProps = { project: string; appUrl: string; filter: RunQuery; initial: RunPage; agents: string[] }

/** Runs, newest first, each a press away from its trace. */
export function RunList({ project, appUrl, filter, initial, agents }: RunListProps) {
  const query = writeRunFilter(filter)
  const base = `/api/runs?project=${encodeURIComponent(project)}&limit=${runsPerPage}&fields=${runFieldsShown.join()}${query && `&${query}`}`
  const keyOf = (_: number, before: RunPage | null) => {
    if (before === null) return base
    return before.next_cursor === null ? null : `${base}&cursor=${encodeURIComponent(before.next_cursor)}`
  }
  const { data, error, size, setSize, mutate } = useSWRInfinite<RunPage, Error>(keyOf, fetchJson, {
    fallbackData: [initial],
    revalidateAll: true,
    refreshInterval: 15_000,
  })
  useLive(() => void mutate())
  const pages = data ?? [initial]
  const runs = [...new Map(pages.flatMap((page) => page.items).map((run) => [run.id, run])).values()]
  const isLoadingMore = size > pages.length

  return (
    <>
      <RunFilters project={project} filter={filter} agents={agents} />
      {error && (
        <div className="mb-3">
          <ErrorState
            title="The runs could not be read just now"
            action={<Button onClick={() => void mutate()}>Try again</Button>}
          >
            {error.message} What is shown below may be behind.
          </ErrorState>
        </div>
      )}
      {runs.length > 0 && (
        <ListFrame>
          <ul aria-label="Runs">
            {runs.map((run) => (
              <RunRow key={run.id} project={project} run={run} />
            ))}
          </ul>
        </ListFrame>
      )}
      {runs.length === 0 && !error && <RunsEmpty isFiltered={query !== ''} appUrl={appUrl} />}
      {pages.at(-1)?.next_cursor != null && (
        <Button
          variant="ghost"
          isBusy={isLoadingMore}
          onClick={() => void setSize(size + 1)}
          className="mt-2"
        >
          {isLoadingMore ? 'Loading…' : 'Load more'}
        </Button>
      )}
    </>
  )
}

function RunRow({ project, run }: { project: string; run: ListedRun }) {
  const ms = run.finished_at === null ? null : Date.parse(run.finished_at) - Date.parse(run.started_at)
  return (
    <li className="border-b border-line last:border-b-0">
      <Link
        href={pages.run(project, run.id)}
        scroll={false}
        prefetch={false}
        className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-3 py-2.5 -outline-offset-2 hover:bg-hover sm:px-4
          md:grid-cols-[9.5rem_minmax(0,1fr)_minmax(0,1fr)_6rem_3.5rem]"
      >
        <span className="order-2 justify-self-end md:order-none md:justify-self-start">
          <StatusBadge status={run.status} />
        </span>
        <span className="min-w-0 truncate font-medium">
          <GoingThere>{run.agent}</GoingThere>
        </span>
        <span className="code order-3 min-w-0 truncate text-muted md:order-none">
          {run.external_id ?? run.id}
        </span>
        <span className="order-4 justify-self-end text-sm text-muted md:order-none">
          <span className="sr-only">{ms === null ? 'going on for ' : 'took '}</span>
          <Duration ms={ms} since={run.started_at} />
        </span>
        <span className="hidden justify-self-end text-sm text-muted md:block">
          <span className="sr-only">started </span>
          <Age at={run.started_at} />
        </span>
      </Link>
    </li>
  )
}

function RunsEmpty({ isFiltered, appUrl }: { isFiltered: boolean; appUrl: string }) {
  if (isFiltered) return <EmptyState icon="search" title="No run matches these filters" />
  const command = `curl ${appUrl}/api/runs \\
  -H "Authorization: Bearer $HOLDPOINT_KEY" -H "Content-Type: application/json" \\
  -d '{"agent":"order-manager","input":{"order_id":"ORD-1287"}}'`
  return (
    <EmptyState icon="runs" title="No run yet" command={command}>
      A run appears when an agent starts one, or asks for a tool call without one. With an agent key:
    </EmptyState>
  )
}
