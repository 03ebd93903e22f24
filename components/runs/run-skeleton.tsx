import * as say from '@/words/runs/run-skeleton'
import { Skeleton, SkeletonRows } from '../ui/skeleton'

export function RunSkeleton() {
  return (
    <div className="space-y-5">
      <div className="space-y-2" aria-hidden="true">
        <Skeleton className="h-5 w-40" />
        <Skeleton className="h-3.5 w-80 max-w-full" />
        <Skeleton className="h-3.5 w-64 max-w-full" />
      </div>
      <SkeletonRows rows={4} label={say.loadingTheRun} />
    </div>
  )
}
