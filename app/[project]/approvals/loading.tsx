import { SkeletonRows } from '@/components/ui/skeleton'
import * as say from '@/words/pages/approvals'

export default function ApprovalsLoading() {
  return (
    <div data-desk="" className="flex min-h-0 flex-1">
      <div className="w-full shrink-0 space-y-3 border-line bg-surface p-3 min-[1100px]:w-90 min-[1100px]:border-r">
        <h1 className="text-lg font-semibold tracking-tight">{say.approvals}</h1>
        <SkeletonRows rows={8} label={say.loadingApprovals} />
      </div>
    </div>
  )
}
