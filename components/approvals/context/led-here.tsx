import Link from 'next/link'
import type { ApprovalContext } from '@/lib/approvals/context/schemas'
import { pages } from '@/lib/paths'
import * as say from '@/words/approvals/context/led-here'
import { StatusBadge } from '../../ui/badge'
import { Icon } from '../../ui/icon'
import { Age } from '../../ui/time'
import { UntrustedText } from '../../ui/untrusted-text'

type Run = ApprovalContext['run']

/** For whom the run is, what it was given, its last steps, and what else it asked for. */
export function LedHere({ project, run }: { project: string; run: Run }) {
  const left = run.earlier - run.steps.length
  return (
    <div className="space-y-2 text-sm">
      {run.initiator !== null && (
        <p>
          <span className="text-faint">{say.onBehalfOf}</span>{' '}
          <UntrustedText text={run.initiator} singleLine isBrief />
        </p>
      )}
      {run.input !== null && (
        <div className="flex gap-2">
          <span className="shrink-0 text-faint">{say.input}</span>
          <p className="line-clamp-2 min-w-0">
            <UntrustedText text={`${run.input.text}${run.input.is_cut ? '…' : ''}`} singleLine isBrief />
          </p>
        </div>
      )}
      {run.steps.length > 0 && (
        <ol
          aria-label={say.lastSteps}
          className="divide-y divide-line rounded-sm border border-line bg-surface"
        >
          {run.steps.map((step) => (
            <li key={step.id} className="flex items-baseline gap-2.5 px-3 py-1.5">
              <Icon name={step.kind} className="shrink-0 translate-y-0.5 text-faint" />
              <span className="code shrink-0 text-xs">
                <UntrustedText text={step.name} maxCharacters={60} singleLine isBrief />
              </span>
              <span className="min-w-0 flex-1 truncate text-muted">
                {step.says !== null && (
                  <UntrustedText text={step.says} maxCharacters={160} singleLine isBrief />
                )}
              </span>
              {step.status === 'failed' && <StatusBadge status="failed" />}
              <Age at={step.at} className="shrink-0 text-xs text-faint" />
            </li>
          ))}
        </ol>
      )}
      <p className="text-faint">
        {run.steps.length === 0 && `${say.firstStepOfTheRun} `}
        {left > 0 && (
          <Link href={pages.run(project, run.id)} scroll={false} prefetch={false} className="link">
            {say.earlierSteps(left)}
          </Link>
        )}
      </p>
      {run.others.length > 0 && (
        <div>
          <p className="mb-1 text-faint">{say.otherRequests}</p>
          <ul className="space-y-1">
            {run.others.map((other) => (
              <li key={other.id} className="flex flex-wrap items-baseline gap-2">
                <Link href={pages.approval(project, other.id)} prefetch={false} className="code link text-xs">
                  {other.tool}
                </Link>
                <StatusBadge status={other.status} />
                <Age at={other.requested_at} isLong className="text-xs text-faint" />
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}
