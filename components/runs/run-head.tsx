import Link from 'next/link'
import { pages } from '@/lib/paths'
import type { Run } from '@/lib/runs/schemas'
import { StatusBadge } from '../ui/badge'
import { CopyButton } from '../ui/copy-button'
import { spanWords } from '../ui/duration'
import { Moment } from '../ui/time'
import { UntrustedText } from '../ui/untrusted-text'
import type { Trace } from './trace-row'

/** Of a run what stands in its head and does not change. */
export type HeadRun = Pick<
  Run,
  'id' | 'external_id' | 'policy_version' | 'initiator' | 'parent_run_id' | 'started_at'
> & { subject: string | null }

type RunHeadProps = { project: string; head: HeadRun; trace: Trace; totalMs: number; waitedMs: number }

/** What a run is about and how it stands, in one line, and by whom and under which names in another. */
export function RunHead({ project, head, trace, totalMs, waitedMs }: RunHeadProps) {
  return (
    <div className="space-y-1.5 text-sm">
      {head.subject !== null && (
        <p className="text-base font-medium">
          <UntrustedText text={head.subject} singleLine isBrief maxCharacters={200} />
        </p>
      )}
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted">
        <StatusBadge status={trace.status} />
        <span>
          <Link href={pages.agent(project, trace.agent)} className="link">
            {trace.agent}
          </Link>
          , policy version {head.policy_version}
        </span>
        <span>
          {trace.finished_at === null ? 'going on for' : 'took'} {spanWords(totalMs)}
        </span>
        {waitedMs > 0 && (
          <span className="text-warn">
            waited {spanWords(waitedMs)} of {spanWords(totalMs)} for people
          </span>
        )}
        <span>
          started <Moment at={head.started_at} />
        </span>
      </p>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted">
        {head.initiator && <span>for {head.initiator}, as the agent states it</span>}
        {head.external_id && <Copyable text={head.external_id} what="external id" />}
        <Copyable text={head.id} what="run id" />
        {head.parent_run_id && (
          <span>
            begun by{' '}
            <Link href={pages.run(project, head.parent_run_id)} className="code link">
              {head.parent_run_id}
            </Link>
          </span>
        )}
      </p>
    </div>
  )
}

function Copyable({ text, what }: { text: string; what: string }) {
  return (
    <span className="inline-flex min-w-0 items-center gap-1">
      <UntrustedText text={text} singleLine isBrief maxCharacters={80} className="code" />
      <CopyButton text={text} label={`Copy ${what}`} isIconOnly />
    </span>
  )
}
