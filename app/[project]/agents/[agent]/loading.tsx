import { PageHeader } from '@/components/ui/page-header'
import { Skeleton, SkeletonRows } from '@/components/ui/skeleton'
import * as say from '@/words/pages/agents'

export default function AgentLoading() {
  return (
    <>
      <PageHeader title={say.agent} note={<Skeleton className="h-4 w-64" />} />
      <SkeletonRows rows={5} label={say.loadingTheAgent} />
    </>
  )
}
