import { PageHeader } from '@/components/ui/page-header'
import { SkeletonRows } from '@/components/ui/skeleton'
import * as say from '@/words/pages/settings-webhooks'

export default function WebhooksLoading() {
  return (
    <>
      <PageHeader title={say.webhooks} />
      <SkeletonRows rows={4} label={say.loadingTheWebhooks} />
    </>
  )
}
