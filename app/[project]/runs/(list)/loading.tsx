import { PageHeader } from '@/components/ui/page-header'
import { SkeletonRows } from '@/components/ui/skeleton'
import * as say from '@/words/pages/runs'

export default function RunsLoading() {
  return (
    <>
      <PageHeader title={say.runs} note={say.whatRunsAre} />
      <SkeletonRows rows={8} label={say.loadingRuns} />
    </>
  )
}
