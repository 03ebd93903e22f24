import { canDecideIn, findRunPage, RunAddress } from '@/components/runs/find-run'
import { RunDrawerHeader } from '@/components/runs/run-drawer'
import { RunTrace } from '@/components/runs/run-trace'
import { DrawerBody } from '@/components/ui/drawer'
import { pageParams } from '@/lib/http/page-input'
import { requireMember } from '@/lib/sign-in/session'

type Props = { params: Promise<{ project: string; run: string }> }

/** A run over whatever page its link was pressed on; the same address, opened anew, is the full page. */
export default async function RunInDrawer({ params }: Props) {
  const { project, run: id } = await pageParams(RunAddress, params)
  const ctx = await requireMember(project)
  const run = await findRunPage(ctx, id)
  return (
    <>
      <RunDrawerHeader project={ctx.project.slug} runId={run.id} agent={run.agent} />
      <DrawerBody>
        <RunTrace project={ctx.project.slug} initial={run} canDecide={canDecideIn(ctx)} isInDrawer />
      </DrawerBody>
    </>
  )
}
