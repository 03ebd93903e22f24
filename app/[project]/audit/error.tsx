'use client'

import { Button } from '@/components/ui/button'
import { ErrorState } from '@/components/ui/error-state'
import { PageHeader } from '@/components/ui/page-header'

export default function AuditError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <>
      <PageHeader title="Audit" />
      <ErrorState title="The audit log could not be read" action={<Button onClick={retry}>Try again</Button>}>
        This says nothing about what is in it; entries are never lost or changed.
      </ErrorState>
    </>
  )
}
