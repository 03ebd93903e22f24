'use client'

import Link from 'next/link'
import type { Grouping } from '@/lib/approvals/groupings'
import { pages } from '@/lib/paths'
import { plainText } from '@/lib/untrusted/channels'
import * as say from '@/words/approvals/group-rows'
import * as shared from '@/words/shared'
import { Button } from '../ui/button'
import { ErrorState } from '../ui/error-state'
import { spanWords } from '../ui/duration'
import { useNow } from '../ui/clock'
import { SkeletonRows } from '../ui/skeleton'
import { TimeRing } from '../ui/time-ring'
import { subjectIn } from '../runs/trace-row'
import { countWords } from './count-words'
import type { QueueFilter } from './filter'
import { mostGroups, type Groups } from './use-groups'

type GroupRowsProps = { project: string; filter: QueueFilter; by: Grouping; groups: Groups }

/** What is pending in groups, that with the nearest deadline first; each opens its requests. */
export default function GroupRows({ project, filter, by, groups }: GroupRowsProps) {
  const now = useNow()
  if (groups.error) {
    return (
      <ErrorState
        title={say.couldNotBeCounted}
        action={<Button onClick={groups.retry}>{shared.tryAgain}</Button>}
      >
        {groups.error.message}
      </ErrorState>
    )
  }
  if (!groups.all) return <SkeletonRows rows={6} label={say.countingGroups} />
  return (
    <>
      <ul aria-label={say.groupsBy[by]}>
        {groups.all.map((group) => (
          <li key={group.name} className="relative border-b border-line hover:bg-hover">
            <Link
              data-group-link=""
              href={pages.approvals(project, { ...filter, [by]: group.name })}
              prefetch={false}
              replace
              scroll={false}
              className="grid h-13 content-center px-3.5 -outline-offset-2 md:h-11"
            >
              <span className="flex min-w-0 items-baseline gap-2">
                <bdi className="code min-w-0 flex-1 truncate text-sm leading-5 font-semibold">
                  {line((by === 'run' && group.input !== null && subjectIn(group.input)) || group.name)}
                </bdi>
                <span className="text-sm font-medium">{countWords(group.count)}</span>
                <TimeRing from={group.oldest_at} until={group.due_at} />
              </span>
              <span className="truncate text-xs leading-4.5 text-muted">
                {[
                  by !== 'agent' && (group.agent ?? say.severalAgents),
                  by !== 'tool' && (group.tool ?? say.severalTools),
                  say.oldest(spanWords(now - Date.parse(group.oldest_at))),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {groups.all.length === mostGroups && (
        <p className="p-3 text-xs text-muted">{say.nearestDeadlines(mostGroups)}</p>
      )}
    </>
  )
}

const line = (text: string) => plainText(text.slice(0, 200), { singleLine: true })
