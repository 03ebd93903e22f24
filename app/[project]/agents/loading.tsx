import { PageHeader } from '@/components/ui/page-header'
import { SkeletonRows } from '@/components/ui/skeleton'

export default function AgentsLoading() {
  return (
    <>
      <PageHeader title="Agents" note="Which tools of which agent are gated, and on what conditions." />
      <SkeletonRows rows={5} label="Loading agents" />
    </>
  )
}
