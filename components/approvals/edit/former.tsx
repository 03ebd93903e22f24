'use client'

import Link from 'next/link'
import { useMemo } from 'react'
import useSWR from 'swr'
import type { Approval } from '@/lib/approvals/schemas'
import { api, pages } from '@/lib/paths'
import { changesBetween } from '@/lib/policy/edits/changes'
import * as say from '@/words/approvals/edit/former'
import { DetailSection } from '../detail-section'
import { OutcomeLine, Reason } from '../outcome'
import { ChangeList } from './change-list'

type FormerProps = { project: string; id: string; params: Record<string, unknown> | undefined }

/** In whose place the agent asked, why that one ended, and in what this one differs. */
export function Former({ project, id, params }: FormerProps) {
  const { data: former } = useSWR<Approval>(api.approval(project, id))
  const changes = useMemo(
    () => (former && params ? changesBetween(former.params, params) : null),
    [former, params],
  )
  return (
    <DetailSection title={say.comparedWithTheFormer}>
      <div className="space-y-1.5 text-sm">
        <p className="text-muted">
          {say.inPlaceOf(
            <Link href={pages.approval(project, id)} className="link">
              {say.anEarlierOne}
            </Link>,
          )}
          {former && (
            <>
              : <OutcomeLine approval={former} />
            </>
          )}
        </p>
        {former && <Reason approval={former} />}
        {changes !== null &&
          (changes.length === 0 ? (
            <p>{say.nothingDiffers}</p>
          ) : (
            <ChangeList label={say.whatDiffers} changes={changes} />
          ))}
      </div>
    </DetailSection>
  )
}
