import type { Metadata } from 'next'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { requireMember } from '@/lib/sign-in/session'
import * as say from '@/words/pages/project'

type Props = { params: Promise<{ project: string }> }

/** The project's template of titles is not for what is not found. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const member = await requireMember((await params).project).catch(() => null)
  return { title: { absolute: say.notFoundIn(member?.project.name) } }
}

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
