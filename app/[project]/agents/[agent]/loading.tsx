import { PageHeader } from '@/components/ui/page-header'
import { Skeleton, SkeletonRows } from '@/components/ui/skeleton'

export default function AgentLoading() {
  return (
    <>
      <PageHeader title="Agent" note={<Skeleton className="h-4 w-64" />} />
      <SkeletonRows rows={5} label="Loading the agent" />
    </>
  )
}
