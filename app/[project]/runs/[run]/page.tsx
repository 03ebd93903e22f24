import Link from 'next/link'
import { Suspense } from 'react'
import { RunSkeleton } from '@/components/runs/run-skeleton'
import { RunTrace } from '@/components/runs/run-trace'
import { PageHeader } from '@/components/ui/page-header'
import { hasRole } from '@/lib/context'
import { pageParams } from '@/lib/http/page-input'
import { pages } from '@/lib/paths'
import { RunAddress } from '@/lib/runs/schemas'
import { requireMember } from '@/lib/sign-in/session'
import { decide } from '@/app/[project]/approvals/actions'
import * as say from '@/words/pages/run'
import { readHead, readRunPage } from '../read-run-page'

type Props = { params: Promise<{ project: string; run: string }> }

export { titleRun as generateMetadata } from '../read-run-page'

/** No skeleton stands in for the whole page, so that the status says where there is no such run. */
export default async function RunPage({ params }: Props) {
  const { project, run: id } = await pageParams(RunAddress, params)
  const ctx = await requireMember(project)
  const head = await readHead(project, id)
  return (
    <>
      <p className="mb-1 text-sm">
        <Link href={pages.runs(ctx.project.slug)} className="text-muted hover:text-ink hover:underline">
          {say.runs}
        </Link>
      </p>
      <PageHeader title={say.runOf(head.agent)} />
      <Suspense fallback={<RunSkeleton />}>
        <Trace project={project} id={id} />
      </Suspense>
    </>
  )
}

async function Trace({ project, id }: { project: string; id: string }) {
  const ctx = await requireMember(project)
  const { head, initial, first } = await readRunPage(project, id)
  return (
    <RunTrace
      project={ctx.project.slug}
      head={head}
      initial={initial}
      first={first}
      decide={hasRole(ctx.actor.role, 'reviewer') ? decide : null}
    />
  )
}
