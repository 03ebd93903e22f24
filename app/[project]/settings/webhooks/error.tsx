'use client'

import { Button } from '@/components/ui/button'
import { ErrorState } from '@/components/ui/error-state'
import { PageHeader } from '@/components/ui/page-header'
import * as say from '@/words/pages/settings-webhooks'
import * as shared from '@/words/shared'

export default function WebhooksError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <>
      <PageHeader title={say.webhooks} />
      <ErrorState title={say.couldNotBeRead} action={<Button onClick={retry}>{shared.tryAgain}</Button>}>
        {say.nothingWasChanged}
      </ErrorState>
    </>
  )
}
