import type { Metadata } from 'next'
import Link from 'next/link'
import { RunTrace } from '@/components/runs/run-trace'
import { PageHeader } from '@/components/ui/page-header'
import { hasRole } from '@/lib/context'
import { orNotFound, pageParams } from '@/lib/http/page-input'
import { pages } from '@/lib/paths'
import { readRun } from '@/lib/runs/read'
import { RunAddress } from '@/lib/runs/schemas'
import { requireMember } from '@/lib/sign-in/session'
import { decide } from '@/app/[project]/approvals/actions'

type Props = { params: Promise<{ project: string; run: string }> }

export const metadata: Metadata = { title: 'Run' }

export default async function RunPage({ params }: Props) {
  const { project, run: id } = await pageParams(RunAddress, params)
  const ctx = await requireMember(project)
  const run = await orNotFound(readRun(ctx, id))
  return (
    <div className="max-w-3xl">
      <p className="mb-1 text-sm">
        <Link href={pages.runs(ctx.project.slug)} className="text-muted hover:text-ink hover:underline">
          Runs
        </Link>
      </p>
      <PageHeader title={`Run of ${run.agent}`} note={<code className="code">{run.id}</code>} />
      <RunTrace
        project={ctx.project.slug}
        initial={run}
        decide={hasRole(ctx.actor.role, 'reviewer') ? decide : null}
      />
    </div>
  )
}
