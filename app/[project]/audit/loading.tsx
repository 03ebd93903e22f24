import { PageHeader } from '@/components/ui/page-header'
import { SkeletonRows } from '@/components/ui/skeleton'

export default function AuditLoading() {
  return (
    <>
      <PageHeader title="Audit" note="Every decision, deploy and change, with who did it and when." />
      <SkeletonRows rows={8} label="Loading the audit log" />
    </>
  )
}
