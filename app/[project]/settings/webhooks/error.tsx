'use client'

import { Button } from '@/components/ui/button'
import { ErrorState } from '@/components/ui/error-state'
import { PageHeader } from '@/components/ui/page-header'

export default function WebhooksError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <>
      <PageHeader title="Webhooks" />
      <ErrorState title="The webhooks could not be read" action={<Button onClick={retry}>Try again</Button>}>
        Nothing was changed, and what is to be delivered waits.
      </ErrorState>
    </>
  )
}
