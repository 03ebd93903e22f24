'use client'

import { Button } from '@/components/ui/button'
import { ErrorState } from '@/components/ui/error-state'
import { PageHeader } from '@/components/ui/page-header'
import * as say from '@/words/pages/approvals'
import * as shared from '@/words/shared'

export default function ApprovalsError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <>
      <PageHeader title={say.approvals} />
      <ErrorState title={say.couldNotBeRead} action={<Button onClick={retry}>{shared.tryAgain}</Button>}>
        {say.nothingWasDecided}
      </ErrorState>
    </>
  )
}
