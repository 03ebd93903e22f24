import { PageHeader } from '@/components/ui/page-header'
import { SkeletonRows } from '@/components/ui/skeleton'
import * as say from '@/words/pages/settings-webhooks'

export default function WebhookLoading() {
  return (
    <>
      <PageHeader title={say.webhook} />
      <SkeletonRows rows={6} label={say.loadingTheWebhook} />
    </>
  )
}
