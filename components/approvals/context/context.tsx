'use client'

import { ErrorState } from '../../ui/empty-state'
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
        title="What is on record could not be read"
        action={<Button onClick={() => void mutate()}>Try again</Button>}
      >
        {error.message} The request can be decided without it.
      </ErrorState>
    )
  }
  return (
    <div className="min-h-96 space-y-6">
      <DetailSection title="What led here">
        {data ? <LedHere project={project} run={data.run} /> : <Skeleton className="h-24 w-full" />}
      </DetailSection>
      <DetailSection title="Compared with the last approved call">
        {data ? (
          <Compared project={project} compared={data.compared} />
        ) : (
          <Skeleton className="h-10 w-full" />
        )}
      </DetailSection>
      <DetailSection title="Similar requests" note="Same tool, 90 days before.">
        {data ? <Similar project={project} similar={data.similar} /> : <Skeleton className="h-24 w-full" />}
      </DetailSection>
    </div>
  )
}
