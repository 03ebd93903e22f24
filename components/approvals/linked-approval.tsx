'use client'

import useSWR from 'swr'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { api } from '@/lib/paths'
import { fetchJson } from '../frame/fetch-json'
import { useLive } from '../frame/live'
import { ListFrame } from '../ui/table'
import { DecidedRow } from './decided-row'
import { PendingRow } from './pending-row'
import type { Decide } from './use-decision'
import { useQueueState } from './use-queue-state'

type LinkedApprovalProps = { project: string; initial: SeenApproval; decide: Decide | null }

/** The request that a mail or message linked to, where it is not in the queue below: opened. */
export function LinkedApproval({ project, initial, decide }: LinkedApprovalProps) {
  const { data, mutate } = useSWR(
    api.approval(project, initial.id),
    (key: string) => fetchJson<SeenApproval>(key),
    { fallbackData: initial },
  )
  useLive(() => void mutate())
  const { steps, setStep, resolved, resolve } = useQueueState()
  const approval = resolved.get(initial.id) ?? data
  return (
    <section aria-label="Linked approval" className="mb-8">
      <h2 className="mb-2.5 text-base font-semibold">The request you followed a link to</h2>
      <ListFrame>
        <ul>
          {initial.status === 'pending' ? (
            <PendingRow
              project={project}
              approval={approval}
              isGone={false}
              decide={decide}
              step={steps.get(initial.id) ?? null}
              isLinked
              onStep={setStep}
              onResolved={resolve}
            />
          ) : (
            <DecidedRow project={project} approval={approval} isOpenAtFirst />
          )}
        </ul>
      </ListFrame>
    </section>
  )
}
