'use client'

import useSWR from 'swr'
import type { TimelineItem } from '@/lib/approvals/comment-schemas'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { api } from '@/lib/paths'
import * as say from '@/words/approvals/talk/timeline'
import * as shared from '@/words/shared'
import { useLive } from '../../frame/live'
import { Button } from '../../ui/button'
import { ErrorState } from '../../ui/error-state'
import { SkeletonRows } from '../../ui/skeleton'
import { TimeOfDay } from '../../ui/time'
import { UntrustedText } from '../../ui/untrusted-text'
import { happenedOf } from './happened'

/** What happened to a request from the ask on, read when it is opened. */
export function Timeline({ project, approval }: { project: string; approval: SeenApproval }) {
  const path = api.timeline(project, approval.id)
  const { data, error, mutate } = useSWR<{ items: TimelineItem[] }, Error>(path, { refreshInterval: 0 })
  useLive((changes) => {
    if (changes === null || changes.some(({ id }) => id === approval.id)) void mutate()
  })
  if (!data && error) {
    return (
      <ErrorState
        title={say.happenedCouldNotBeRead}
        action={<Button onClick={() => void mutate()}>{shared.tryAgain}</Button>}
      >
        {error.message}
      </ErrorState>
    )
  }
  if (!data) return <SkeletonRows rows={3} label={say.loadingWhatHappened} />
  return (
    <ol aria-label={say.whatHappened} className="text-sm">
      {happenedOf(data.items).map(({ at, who, words, reason }, index) => (
        <li key={index} className="grid grid-cols-[4.5rem_minmax(0,1fr)] gap-x-3 py-1">
          <span className="text-right text-xs leading-5 text-muted">
            <TimeOfDay at={at} />
          </span>
          <span className="relative border-l border-line pl-4">
            <span
              aria-hidden="true"
              className="absolute top-1.5 -left-1 size-2 rounded-full border border-line-strong bg-surface"
            />
            {who !== null && <bdi className="font-medium">{who} </bdi>}
            <bdi className="wrap-anywhere">{words}</bdi>
            {reason && (
              <span className="block text-muted">
                “<UntrustedText text={reason} maxCharacters={300} />”
              </span>
            )}
          </span>
        </li>
      ))}
    </ol>
  )
}
