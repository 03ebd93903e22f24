'use client'

import { useContext, useState } from 'react'
import type { Approval, SeenApproval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/break-glass'
import { Button } from '../ui/button'
import { late } from '../ui/late'
import { OverrideContext } from './override-context'

/** Read when it is asked for. */
const BreakGlassDialog = late(() => import('./break-glass-dialog').then((module) => module.default))

type BreakGlassProps = {
  project: string
  approval: SeenApproval
  /** Not before all of its params are there. */
  isReady: boolean
  onResolved: (approval: Approval) => void
}

/** The last way to an approval, where the project has it at all. */
export function BreakGlass({ project, approval, isReady, onResolved }: BreakGlassProps) {
  const override = useContext(OverrideContext)
  const [isOpen, setIsOpen] = useState(false)
  if (override === null) return null
  return (
    <>
      <Button
        variant="ghost"
        size="sm"
        className="text-danger!"
        disabled={!isReady}
        onClick={() => setIsOpen(true)}
      >
        {say.breakGlass}
      </Button>
      {isOpen && (
        <BreakGlassDialog
          project={project}
          approval={approval}
          override={override}
          onClose={() => setIsOpen(false)}
          onResolved={onResolved}
        />
      )}
    </>
  )
}
