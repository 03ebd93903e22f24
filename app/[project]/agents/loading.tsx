import { PageHeader } from '@/components/ui/page-header'
import { SkeletonRows } from '@/components/ui/skeleton'
import * as say from '@/words/pages/agents'

export default function AgentsLoading() {
  return (
    <>
      <PageHeader title={say.agents} note={say.whatAgentsAre} />
      <SkeletonRows rows={5} label={say.loadingAgents} />
    </>
  )
}
