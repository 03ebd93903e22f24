import Link from 'next/link'
import { pages } from '@/lib/paths'
import type { Run } from '@/lib/runs/schemas'
import * as say from '@/words/runs/run-head'
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
          {say.agentAndVersion(
            <Link href={pages.agent(project, trace.agent)} className="link">
              {trace.agent}
            </Link>,
            head.policy_version,
          )}
        </span>
        <span>{(trace.finished_at === null ? say.goingOnFor : say.took)(spanWords(totalMs))}</span>
        {waitedMs > 0 && (
          <span className="text-warn">{say.waited(spanWords(waitedMs), spanWords(totalMs))}</span>
        )}
        <span>{say.started(<Moment at={head.started_at} />)}</span>
      </p>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted">
        {head.initiator && <span>{say.onBehalfOf(head.initiator)}</span>}
        {head.external_id && <Copyable text={head.external_id} what={say.externalId} />}
        <Copyable text={head.id} what={say.runId} />
        {head.parent_run_id && (
          <span>
            {say.begunBy(
              <Link href={pages.run(project, head.parent_run_id)} className="code link">
                {head.parent_run_id}
              </Link>,
            )}
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
      <CopyButton text={text} label={say.copy(what)} isIconOnly />
    </span>
  )
}
