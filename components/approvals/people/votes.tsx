'use client'

import useSWR from 'swr'
import type { SeenApproval } from '@/lib/approvals/schemas'
import type { Listed } from '@/lib/fields'
import type { Member } from '@/lib/members/schemas'
import { api } from '@/lib/paths'
import { plainText } from '@/lib/untrusted/channels'
import * as say from '@/words/approvals/people/votes'
import { Age, Moment } from '../../ui/time'
import { UntrustedText } from '../../ui/untrusted-text'

type Review = SeenApproval['reviews'][number]

/** What people did, oldest first; on whose seat, and what does not count and why. */
export function Votes({ project, reviews }: { project: string; reviews: Review[] }) {
  const hasDelegates = reviews.some(({ on_behalf_of: absent }) => absent !== null)
  const { data } = useSWR<Listed<Member>>(hasDelegates ? api.members(project, { limit: 100 }) : null)
  if (reviews.length === 0) return null
  return (
    <ul aria-label={say.votesInDetail} className="space-y-1 text-sm">
      {reviews.map((review) => (
        <li key={review.id} className={review.counts ? '' : 'text-muted'}>
          <span className={`font-medium ${review.counts ? 'text-ink' : ''}`} title={review.reviewer.email}>
            <bdi>{shown(review.reviewer.name ?? review.reviewer.email)}</bdi>
          </span>{' '}
          {say.past[review.decision]}
          {review.on_behalf_of && (
            <OnBehalf
              absent={review.on_behalf_of}
              until={data?.items.find(({ id }) => id === review.on_behalf_of?.id)?.absence?.until}
            />
          )}{' '}
          <Age at={review.at} isLong className="text-muted" />
          {!review.counts && review.why_not && <span> · {say.doesNotCount(review.why_not)}</span>}
          {review.reason && (
            <p className="border-l-2 border-line-strong pl-2.5 text-muted">
              <span className="sr-only">{say.reasonBefore} </span>
              <UntrustedText text={review.reason} maxCharacters={400} />
            </p>
          )}
        </li>
      ))}
    </ul>
  )
}

type OnBehalfProps = { absent: NonNullable<Review['on_behalf_of']>; until: string | undefined }

function OnBehalf({ absent, until }: OnBehalfProps) {
  return (
    <>
      {' '}
      {say.onBehalfOf(<bdi>{shown(absent.name ?? absent.email ?? absent.id)}</bdi>)}
      {until && say.awayUntil(<Moment at={until} />)}
    </>
  )
}

function shown(name: string): string {
  return plainText(name, { singleLine: true, maxCharacters: 120 })
}
