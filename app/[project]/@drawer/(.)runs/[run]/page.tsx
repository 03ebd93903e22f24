import { RunDrawerHeader } from '@/components/runs/run-drawer'
import { RunTrace } from '@/components/runs/run-trace'
import { DrawerBody } from '@/components/ui/drawer'
import { hasRole } from '@/lib/context'
import { orNotFound, pageParams } from '@/lib/http/page-input'
import { readRun } from '@/lib/runs/read'
import { RunAddress } from '@/lib/runs/schemas'
import { requireMember } from '@/lib/sign-in/session'
import { decide } from '@/app/[project]/approvals/actions'

type Props = { params: Promise<{ project: string; run: string }> }

/** A run over whatever page its link was pressed on; the same address, opened anew, is the full page. */
export default async function RunInDrawer({ params }: Props) {
  const { project, run: id } = await pageParams(RunAddress, params)
  const ctx = await requireMember(project)
  const run = await orNotFound(readRun(ctx, id))
  return (
    <>
      <RunDrawerHeader project={ctx.project.slug} runId={run.id} agent={run.agent} />
      <DrawerBody>
        <RunTrace
          project={ctx.project.slug}
          initial={run}
          decide={hasRole(ctx.actor.role, 'reviewer') ? decide : null}
          isInDrawer
        />
      </DrawerBody>
    </>
  )
}
