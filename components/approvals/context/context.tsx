'use client'

import * as say from '@/words/approvals/context/context'
import * as shared from '@/words/shared'
import { ErrorState } from '../../ui/error-state'
import { Button } from '../../ui/button'
import { Skeleton } from '../../ui/skeleton'
import { DetailSection } from '../detail-section'
import { Compared } from './compared'
import { LedHere } from './led-here'
import { Similar } from './similar'
import { useContextOf } from './use-context'

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
