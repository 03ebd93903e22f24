import Link from 'next/link'
import { pages } from '@/lib/paths'
import type { Run } from '@/lib/runs/schemas'
import { StatusBadge } from '../ui/badge'
import { CopyButton } from '../ui/copy-button'
import { Fact, Facts } from '../ui/page-header'
import { Duration, Moment } from '../ui/time'

/** The head of a run: how it stands, when, for whom, under which policy. */
export function RunFacts({ project, run }: { project: string; run: Run }) {
  const ms = run.finished_at === null ? null : Date.parse(run.finished_at) - Date.parse(run.started_at)
  return (
    <Facts>
      <Fact name="Status">
        <StatusBadge status={run.status} />
      </Fact>
      <Fact name="Agent">
        <Link href={pages.agent(project, run.agent)} className="link">
          {run.agent}
        </Link>
        <span className="text-muted">, policy version {run.policy_version}</span>
      </Fact>
      <Fact name="Started">
        <Moment at={run.started_at} />
      </Fact>
      <Fact name={run.finished_at === null ? 'Going on for' : 'Took'}>
        <Duration ms={ms} since={run.started_at} />
      </Fact>
      {run.initiator && (
        <Fact name="Initiator">
          {run.initiator} <span className="text-muted">(as the agent states it)</span>
        </Fact>
      )}
      {run.external_id && (
        <Fact name="External id">
          <Copyable text={run.external_id} what="external id" />
        </Fact>
      )}
      <Fact name="Run id">
        <Copyable text={run.id} what="run id" />
      </Fact>
      {run.parent_run_id && (
        <Fact name="Parent run">
          <Link href={pages.run(project, run.parent_run_id)} className="code link">
            {run.parent_run_id}
          </Link>
        </Fact>
      )}
    </Facts>
  )
}

function Copyable({ text, what }: { text: string; what: string }) {
  return (
    <span className="inline-flex items-center gap-1">
      <code className="code">{text}</code>
      <CopyButton text={text} label={`Copy ${what}`} isIconOnly />
    </span>
  )
}
