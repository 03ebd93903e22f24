'use client'

import { useSelectedLayoutSegment } from 'next/navigation'
import { Button } from '@/components/ui/button'
import { ErrorState } from '@/components/ui/error-state'
import { PageHeader } from '@/components/ui/page-header'
import { places } from '@/words/pages/place-error'
import * as shared from '@/words/shared'

/** A place that could not be read, in its own words; of any other page the error is told without the frame. */
export default function PlaceError({ error, retry }: { error: unknown; retry: () => void }) {
  const segment = useSelectedLayoutSegment()
  const place = places.find(({ part }) => part === segment)
  if (place === undefined) throw error
  return (
    <>
      <PageHeader title={place.name} />
      <ErrorState title={place.couldNotBeRead} action={<Button onClick={retry}>{shared.tryAgain}</Button>}>
        {place.whatThatMeans}
      </ErrorState>
    </>
  )
}
