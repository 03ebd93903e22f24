import { PageHeader } from '@/components/ui/page-header'
import { SkeletonRows } from '@/components/ui/skeleton'

export default function RunsLoading() {
  return (
    <>
      <PageHeader
        title="Runs"
        note="What agents did, step by step, with the approvals that gated their tool calls."
      />
      <SkeletonRows rows={8} label="Loading runs" />
    </>
  )
}
