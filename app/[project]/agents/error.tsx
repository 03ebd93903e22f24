'use client'

import { Button } from '@/components/ui/button'
import { ErrorState } from '@/components/ui/error-state'
import { PageHeader } from '@/components/ui/page-header'

export default function AgentsError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <>
      <PageHeader title="Agents" />
      <ErrorState title="The agents could not be read" action={<Button onClick={retry}>Try again</Button>}>
        This says nothing about which policies are in force; those that were deployed stay so.
      </ErrorState>
    </>
  )
}
