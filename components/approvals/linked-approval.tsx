'use client'

import useSWR from 'swr'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { api } from '@/lib/paths'
import { fetchJson } from '../frame/fetch-json'
import { useLive } from '../frame/live'
import { ListFrame } from '../ui/table'
import { DecidedRow } from './decided-row'

/** The request that a mail or message linked to, where its wait is over: first on the page and opened. */
export function LinkedApproval({ project, initial }: { project: string; initial: SeenApproval }) {
  const { data, mutate } = useSWR(
    api.approval(project, initial.id),
    (key: string) => fetchJson<SeenApproval>(key),
    {
      fallbackData: initial,
    },
  )
  useLive(() => void mutate())
  return (
    <section aria-label="Linked approval" className="mb-8">
      <h2 className="mb-2.5 text-base font-semibold">The request you followed a link to</h2>
      <ListFrame>
        <ul>
          <DecidedRow project={project} approval={data ?? initial} isOpenAtFirst />
        </ul>
      </ListFrame>
    </section>
  )
}
