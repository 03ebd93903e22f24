'use client'

import dynamic from 'next/dynamic'
import * as say from '@/words/approvals/context/context'
import * as shared from '@/words/shared'
import { ErrorState } from '../../ui/error-state'
import { Button } from '../../ui/button'
import { Skeleton } from '../../ui/skeleton'
import { DetailSection } from '../detail-section'
import { useContextOf } from './use-context'

/** What is on record comes after the page, and so does what draws it. */
const Compared = dynamic(() => import('./compared').then((module) => module.Compared), {
  loading: () => null,
})
const LedHere = dynamic(() => import('./led-here').then((module) => module.LedHere), { loading: () => null })
const Similar = dynamic(() => import('./similar').then((module) => module.Similar), { loading: () => null })

/** What led to a request, what differs from the last one like it, and what became of similar ones. */
export function RequestContext({ project, approval }: { project: string; approval: string }) {
  const { data, error, mutate } = useContextOf(project, approval)
  if (!data && error) {
    return (
      <ErrorState
        title={say.recordCouldNotBeRead}
        action={<Button onClick={() => void mutate()}>{shared.tryAgain}</Button>}
      >
        {say.decidedWithoutIt(error.message)}
      </ErrorState>
    )
  }
  return (
    <div className="min-h-96 space-y-6">
      <DetailSection title={say.whatLedHere}>
        {data ? <LedHere project={project} run={data.run} /> : <Skeleton className="h-24 w-full" />}
      </DetailSection>
      <DetailSection title={say.comparedWithTheLast}>
        {data ? (
          <Compared project={project} compared={data.compared} />
        ) : (
          <Skeleton className="h-10 w-full" />
        )}
      </DetailSection>
      <DetailSection title={say.similarRequests} note={say.sameToolBefore}>
        {data ? <Similar project={project} similar={data.similar} /> : <Skeleton className="h-24 w-full" />}
      </DetailSection>
    </div>
  )
}
