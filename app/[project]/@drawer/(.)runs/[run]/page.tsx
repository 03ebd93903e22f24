import { RunDrawerHeader } from '@/components/runs/run-drawer'
import { RunTrace } from '@/components/runs/run-trace'
import { DrawerBody } from '@/components/ui/drawer'
import { hasRole } from '@/lib/context'
import { pageParams } from '@/lib/http/page-input'
import { RunAddress } from '@/lib/runs/schemas'
import { requireMember } from '@/lib/sign-in/session'
import { decide } from '@/app/[project]/approvals/actions'
import { readRunPage } from '@/app/[project]/runs/read-run-page'

type Props = { params: Promise<{ project: string; run: string }> }

export { titleRun as generateMetadata } from '@/app/[project]/runs/read-run-page'

/** A run over whatever page its link was pressed on; the same address, opened anew, is the full page. */
export default async function RunInDrawer({ params }: Props) {
  const { project, run: id } = await pageParams(RunAddress, params)
  const ctx = await requireMember(project)
  const { head, initial, first } = await readRunPage(project, id)
  return (
    <>
      <RunDrawerHeader project={ctx.project.slug} runId={head.id} agent={head.agent} />
      <DrawerBody>
        <RunTrace
          project={ctx.project.slug}
          head={head}
          initial={initial}
          first={first}
          decide={hasRole(ctx.actor.role, 'reviewer') ? decide : null}
          isInDrawer
        />
      </DrawerBody>
    </>
  )
}
