import type { Metadata } from 'next'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import * as say from '@/words/pages/project'

export const metadata: Metadata = { title: say.notFound }

export default function NotFoundInProject() {
  return (
    <>
      <PageHeader title={say.nothingHere} />
      <EmptyState title={say.noSuchThing} icon="search">
        {say.mayBelongElsewhere}
      </EmptyState>
    </>
  )
}
