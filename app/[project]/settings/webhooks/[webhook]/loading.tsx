import { PageHeader } from '@/components/ui/page-header'
import { SkeletonRows } from '@/components/ui/skeleton'

export default function WebhookLoading() {
  return (
    <>
      <PageHeader title="Webhook" />
      <SkeletonRows rows={6} label="Loading the webhook" />
    </>
  )
}
