import type { Metadata } from 'next'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'

export const metadata: Metadata = { title: 'Not found' }

export default function NotFoundInProject() {
  return (
    <>
      <PageHeader title="There is nothing here" />
      <EmptyState title="This project has no such thing" icon="search">
        The address may be wrong, or what it names belongs to another project.
      </EmptyState>
    </>
  )
}
