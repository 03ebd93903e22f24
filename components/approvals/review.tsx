'use client'

import { useMemo, useState, type ReactNode, type RefObject } from 'react'
import type { Approval, SeenApproval } from '@/lib/approvals/schemas'
import type { InputIssue } from '@/lib/errors'
import * as say from '@/words/approvals/review'
import { Button } from '../ui/button'
import { late } from '../ui/late'
import { DecisionBar } from './decision-bar'
import { Detail } from './detail'
import type { Edit } from './edit/edit'
import type { Decide, DecisionKind } from './use-decision'
import { useDraft } from './use-draft'
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

/** Read when somebody changes params. */
const EditForm = late(() => import('./edit/edit-form').then((module) => module.EditForm))

/** One request with the bar that decides it, which stays in sight however long the request is. */
export function Review(props: ReviewProps) {
  const { project, approval, position, heading, top, decide, ...deciding } = props
  const { status, editable, id } = approval
  const [kept] = useDraft(id, 'edit')
  const [isOpen, setOpen] = useState(false)
  const [edit, setEdit] = useState<Edit | null>(null)
  const [issues, setIssues] = useState<InputIssue[]>([])
  const loaded = useParams(
    project,
    useMemo(() => [approval], [approval]),
  )
  const params = loaded.paramsOf?.get(id)
  const mayDecide = decide !== null && status === 'pending' && approval.can_decide?.allowed !== false
  const canEdit = mayDecide && editable !== null && params !== undefined
  // What was dropped, or is on record, is no longer what would be sent.
  const isEditing = canEdit && (isOpen || kept !== '')
  return (
    <>
      {top}
      <div data-scroller="" className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
        <Detail
          project={project}
          approval={approval}
          loaded={loaded}
          position={position}
          heading={heading}
          onChanged={(changed) => deciding.onResolved(changed, false)}
          edit={
            canEdit &&
            (isEditing ? (
              <EditForm
                approval={approval}
                editable={editable}
                params={params}
                issues={issues}
                takesFocus={isOpen}
                onEdit={setEdit}
                onClose={() => setOpen(false)}
              />
            ) : (
              <Button size="sm" onClick={() => setOpen(true)} className="mt-2">
                {say.edit}
              </Button>
            ))
          }
        />
      </div>
      {decide ? (
        <DecisionBar
          project={project}
          approval={approval}
          decide={decide}
          isReady={loaded.paramsOf !== null}
          edit={isEditing ? edit : null}
          onIssues={setIssues}
          {...deciding}
        />
      ) : (
        approval.status === 'pending' && (
          <p className="border-t border-line bg-surface px-4 py-3 text-sm text-muted sm:px-6 lg:px-8">
            {say.youMayRead}
          </p>
        )
      )}
    </>
  )
}
