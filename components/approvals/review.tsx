'use client'

import { useMemo, type ReactNode, type RefObject } from 'react'
import type { Approval, SeenApproval } from '@/lib/approvals/schemas'
import { DecisionBar } from './decision-bar'
import { Detail } from './detail'
import type { Decide, DecisionKind } from './use-decision'
import { useParams } from './use-params'

type ReviewProps = {
  project: string
  approval: SeenApproval
  position: string | null
  heading: RefObject<HTMLHeadingElement | null>
  /** Above the request where it is a page of its own: the way back and to its neighbours. */
  top: ReactNode
  /** Null for whoever may only read. */
  decide: Decide | null
  step: DecisionKind | null
  isMine: boolean
  onStep: (step: DecisionKind | null) => void
  onResolved: (approval: Approval, isByMe: boolean) => void
  onNext: (() => void) | null
}

/** One request with the bar that decides it, which stays in sight however long the request is. */
export function Review(props: ReviewProps) {
  const { project, approval, position, heading, top, decide, ...deciding } = props
  const loaded = useParams(
    project,
    useMemo(() => [approval], [approval]),
  )
  return (
    <>
      {top}
      <div data-scroller="" className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
        <Detail project={project} approval={approval} loaded={loaded} position={position} heading={heading} />
      </div>
      {decide ? (
        <DecisionBar
          project={project}
          approval={approval}
          decide={decide}
          isReady={loaded.paramsOf !== null}
          {...deciding}
        />
      ) : (
        approval.status === 'pending' && (
          <p className="border-t border-line bg-surface px-4 py-3 text-sm text-muted sm:px-6 lg:px-8">
            You can read this request. Deciding needs the role reviewer.
          </p>
        )
      )}
    </>
  )
}
