import { PageHeader } from '@/components/ui/page-header'
import { SkeletonRows } from '@/components/ui/skeleton'
import * as say from '@/words/pages/audit'

export default function AuditLoading() {
  return (
    <>
      <PageHeader title={say.audit} note={say.whatItHolds} />
      <SkeletonRows rows={8} label={say.loadingTheAuditLog} />
    </>
  )
}
