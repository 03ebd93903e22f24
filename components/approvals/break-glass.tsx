'use client'

import dynamic from 'next/dynamic'
import { createContext, useContext, useState, type ReactNode } from 'react'
import type { OverrideFromPage } from '@/lib/approvals/from-page'
import type { Approval, SeenApproval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/break-glass'
import { Button } from '../ui/button'
import type { Action } from '../ui/use-action'

/** Approves one request against what its policy demands. */
export type Override = Action<OverrideFromPage, Approval>

const OverrideContext = createContext<Override | null>(null)

/** @param override null where the project has it switched off, or for who may not */
export function OverrideProvider({ override, children }: { override: Override | null; children: ReactNode }) {
  return <OverrideContext value={override}>{children}</OverrideContext>
}

/** Read when it is asked for. */
const BreakGlassDialog = dynamic(() => import('./break-glass-dialog'), { loading: () => null })

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
