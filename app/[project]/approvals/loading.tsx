import { PageHeader } from '@/components/ui/page-header'
import { SkeletonRows } from '@/components/ui/skeleton'

export default function ApprovalsLoading() {
  return (
    <>
      <PageHeader
        title="Approvals"
        note="Tool calls that wait for a person, and what became of those before."
      />
      <div className="flex h-12 items-center">
        <h2 className="text-base font-semibold">Pending</h2>
      </div>
      <SkeletonRows rows={5} label="Loading approvals" />
    </>
  )
}
