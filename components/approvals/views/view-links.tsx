'use client'

import Link from 'next/link'
import useSWR from 'swr'
import type { PendingCount } from '@/lib/approvals/count'
import { api, pages } from '@/lib/paths'
import type { View } from '@/lib/views/schemas'
import * as say from '@/words/approvals/views/view-links'
import { fetchJson } from '../../frame/fetch-json'
import { useLive } from '../../frame/live'
import { countWords } from '../count-words'
import { narrowing, type QueueFilter } from '../filter'

type ViewLinksProps = {
  project: string
  filter: QueueFilter
  views: View[]
  whole: QueueFilter
  look: string
  onGo: () => void
}

/** The others are in the dialog of views. */
const mostLinks = 8

/** Saved views, each with how many it has that wait. */
export default function ViewLinks({ project, filter, views, whole, look, onGo }: ViewLinksProps) {
  const bare = { ...filter, sort: undefined, mine: undefined }
  const isWhole = pages.approvals(project, bare) === pages.approvals(project)
  return (
    <nav aria-label={say.views} className="flex flex-wrap items-center gap-1.5">
      <Link
        href={pages.approvals(project, whole)}
        onClick={onGo}
        aria-current={isWhole ? 'page' : undefined}
        className={look}
      >
        {say.all}
      </Link>
      {views.slice(0, mostLinks).map((view) => (
        <Link
          key={view.id}
          href={pages.approvals(project, view.filter)}
          onClick={onGo}
          prefetch={false}
          aria-current={isShown(project, view, filter) ? 'page' : undefined}
          className={look}
        >
          <bdi className="min-w-0 truncate">{view.name}</bdi>
          {view.filter.status === undefined && <Count project={project} filter={view.filter} />}
        </Link>
      ))}
    </nav>
  )
}

/** Whether it is what the filters show; what is unasked for the reader's own alone is no other view. */
function isShown(project: string, view: View, filter: QueueFilter): boolean {
  const shown = { ...filter, mine: view.filter.mine === undefined ? undefined : filter.mine }
  return pages.approvals(project, shown) === pages.approvals(project, view.filter)
}

function Count({ project, filter }: { project: string; filter: QueueFilter }) {
  const path = api.countApprovals(project, narrowing(filter))
  const { data, mutate } = useSWR<PendingCount>(path, fetchJson)
  useLive(() => void mutate())
  return data ? <span className="text-muted">{countWords(data.matching)}</span> : null
}
