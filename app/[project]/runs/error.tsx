'use client'

import { Button } from '@/components/ui/button'
import { ErrorState } from '@/components/ui/error-state'
import { PageHeader } from '@/components/ui/page-header'

export default function RunsError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <>
      <PageHeader title="Runs" />
      <ErrorState title="The runs could not be read" action={<Button onClick={retry}>Try again</Button>}>
        Nothing is lost; agents go on as before.
      </ErrorState>
    </>
  )
}
