'use client'

import { memo, useId, useRef, useState } from 'react'
import useSWR from 'swr'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { api } from '@/lib/paths'
import { fetchJson } from '../frame/fetch-json'
import { DecisionStep } from './decision'
import { ApprovalDetails } from './details'
import { RowHead } from './row-head'
import { RowSide } from './row-side'
import type { Decide, DecisionKind } from './use-decision'

type PendingRowProps = {
  project: string
  approval: SeenApproval
  /** It left the list; what became of it is read for itself. */
  isGone: boolean
  /** Null for whoever may only read. */
  decide: Decide | null
  step: DecisionKind | null
  isSelected?: boolean
  /** The one that the page's address asks for: opened, and marked so. */
  isLinked?: boolean
  onStep: (id: string, step: DecisionKind | null) => void
  /** Without, it cannot be selected. */
  onSelect?: (id: string) => void
  onResolved: (approval: SeenApproval) => void
}

/** A request that waits for a person; or waited, until the reviewer leaves the list. */
export const PendingRow = memo(function PendingRow(props: PendingRowProps) {
  const { project, decide, step, isSelected = false, isLinked = false, onStep, onSelect, onResolved } = props
  const approval = useOutcome(project, props.approval, props.isGone)
  const [isExpanded, setExpanded] = useState(isLinked)
  const id = useId()
  const link = useRef<HTMLAnchorElement>(null)
  const isPending = approval.status === 'pending'

  function open(next: DecisionKind) {
    setExpanded(true)
    onStep(approval.id, next)
  }
  function close() {
    onStep(approval.id, null)
    link.current?.focus()
  }
  function settle(resolved: SeenApproval) {
    onResolved(resolved)
    link.current?.focus({ preventScroll: true })
  }

  return (
    <li
      id={`approval-${approval.id}`}
      aria-labelledby={`${id}-tool ${id}-agent`}
      className="group relative border-b border-line last:border-b-0 has-[[data-row-link]:focus-visible]:bg-hover"
    >
      <span className="absolute inset-y-0 left-0 w-0.5 bg-accent opacity-0 group-has-[[data-row-link]:focus-visible]:opacity-100" />
      <div className="flex gap-3 px-3 py-2.5 sm:px-4">
        {decide && onSelect && (
          <input
            type="checkbox"
            aria-label={`Select ${approval.tool}`}
            aria-keyshortcuts="x"
            checked={isSelected && isPending}
            disabled={!isPending}
            onChange={() => onSelect(approval.id)}
            className="mt-0.5 size-4 shrink-0 disabled:opacity-30 pointer-coarse:size-5"
          />
        )}
        <div className="grid min-w-0 flex-1 gap-x-6 gap-y-2 lg:grid-cols-[minmax(0,1fr)_17rem]">
          <RowHead project={project} approval={approval} isLinked={isLinked} id={id} link={link} />
          <RowSide
            approval={approval}
            canDecide={decide !== null}
            step={step}
            onStep={open}
            isExpanded={isExpanded}
            onToggle={() => setExpanded(!isExpanded)}
          />
        </div>
      </div>
      {(isExpanded || step) && (
        <div className={`px-3 pb-4 sm:pr-4 ${decide && onSelect ? 'sm:pl-11' : 'sm:pl-4'}`}>
          <ApprovalDetails approval={approval} project={project}>
            {step && decide && (
              <div className="rounded-sm border border-line-strong bg-raised p-3.5">
                <DecisionStep
                  project={project}
                  decide={decide}
                  approval={approval}
                  step={step}
                  onClose={close}
                  onResolved={settle}
                />
              </div>
            )}
          </ApprovalDetails>
        </div>
      )}
    </li>
  )
})

/** The row as last seen, or what became of it since. */
function useOutcome(project: string, seen: SeenApproval, isGone: boolean): SeenApproval {
  const mustAsk = isGone && seen.status === 'pending'
  const { data } = useSWR(
    mustAsk ? api.approval(project, seen.id) : null,
    (key: string) => fetchJson<SeenApproval>(key),
    {
      refreshInterval: 0,
    },
  )
  return mustAsk ? (data ?? seen) : seen
}
