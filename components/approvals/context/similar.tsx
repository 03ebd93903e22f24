import Link from 'next/link'
import type { ApprovalContext } from '@/lib/approvals/context/schemas'
import { pages } from '@/lib/paths'
import * as say from '@/words/approvals/context/similar'
import { StatusBadge, statusWord } from '../../ui/badge'
import { spanWords } from '../../ui/duration'
import { Age } from '../../ui/time'
import { late } from '../../ui/late'
import { UntrustedText } from '../../ui/untrusted-text'

/** Read where there are numbers among them. */
const StripPlot = late(
  () => import('./strip-plot').then((module) => module.StripPlot),
  <div className="h-18" />,
)

type SimilarRequests = ApprovalContext['similar']

const countedTo = 1000
const outcomes = ['approved', 'rejected', 'expired'] as const

/** What became of requests for the same tool. What was decided then decides nothing now. */
export function Similar({ project, similar }: { project: string; similar: SimilarRequests }) {
  const counts = outcomes.filter((outcome) => similar.counts[outcome] > 0)
  if (counts.length === 0) return <p className="text-sm text-muted">{say.thereWasNone}</p>
  return (
    <div className="space-y-3 text-sm">
      <p>
        {counts.map((outcome) => say.counted[outcome](countWords(similar.counts[outcome]))).join(', ')}
        {similar.median_wait_ms !== null && (
          <span className="text-muted">
            {' · '}
            {(similar.counts.approved + similar.counts.rejected > 1 ? say.halfWithin : say.within)(
              spanWords(similar.median_wait_ms),
            )}
          </span>
        )}
      </p>
      {similar.numbers.map((number) => (
        <StripPlot key={number.path} {...number} />
      ))}
      <ul
        aria-label={say.lastDecisions}
        className="divide-y divide-line rounded-sm border border-line bg-surface"
      >
        {similar.lately.map((one) => (
          <li key={one.approval_id} className="space-y-1 px-3 py-2">
            <p className="flex flex-wrap items-baseline gap-x-2.5 gap-y-1">
              <Link href={pages.approval(project, one.approval_id)} prefetch={false} className="link">
                {statusWord(one.status)}
                {one.reviewer && ` ${say.byWhom(one.reviewer.name ?? one.reviewer.email)}`}
              </Link>
              <Age at={one.decided_at} isLong className="text-xs text-faint" />
              <span className="ml-auto flex items-baseline gap-1.5 text-xs text-faint">
                {say.itsRun(<StatusBadge status={one.run_status} />)}
              </span>
            </p>
            {one.reason !== null && (
              <p className="border-l-2 border-line-strong pl-2.5">
                <UntrustedText text={one.reason} maxCharacters={240} />
              </p>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}

function countWords(count: number): string {
  return count > countedTo ? say.moreThan(countedTo) : String(count)
}
