'use client'

import { Button } from '@/components/ui/button'
import { ErrorState } from '@/components/ui/error-state'
import { PageHeader } from '@/components/ui/page-header'

export default function ApprovalsError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <>
      <PageHeader title="Approvals" />
      <ErrorState title="The approvals could not be read" action={<Button onClick={retry}>Try again</Button>}>
        This says nothing about whether requests are waiting. Nothing was decided; agents go on waiting until
        their deadlines.
      </ErrorState>
    </>
  )
}
