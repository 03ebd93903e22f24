'use client'

import { useState, type ReactNode } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { Button } from '../ui/button'
import { BulkDialog, type DecideMany } from './bulk-dialog'
import type { DecisionKind } from './use-decision'

/** The API takes as many at once. */
const most = 100

/** Within the list's header; on narrow screens above the tab bar, so that it moves no row either. */
const barClass = `flex items-center gap-2 max-md:fixed max-md:inset-x-3 max-md:bottom-18 max-md:z-30 max-md:rounded-md
  max-md:border max-md:border-line-strong max-md:bg-raised max-md:p-2 max-md:pl-3 max-md:shadow-over`

type BulkBarProps = {
  project: string
  decideMany: DecideMany
  chosen: SeenApproval[]
  /** What stands in its place while nothing is selected. */
  children: ReactNode
  onClear: () => void
  onResolved: (approval: SeenApproval) => void
}

/** What can be done with the selected rows; each opens a dialog that lists them, none decides. */
export function BulkBar({ project, decideMany, chosen, children, onClear, onResolved }: BulkBarProps) {
  const [open, setOpen] = useState<{ kind: DecisionKind; items: SeenApproval[] } | null>(null)
  const isTooMany = chosen.length > most

  return (
    <>
      {chosen.length === 0 ? (
        children
      ) : (
        <div className={barClass}>
          <p className="text-sm font-medium max-md:flex-1">{chosen.length} selected</p>
          {isTooMany && <p className="text-sm text-danger">At most {most} at once.</p>}
          <Button
            size="sm"
            disabled={isTooMany}
            aria-label={`Approve ${chosen.length} selected`}
            onClick={() => setOpen({ kind: 'approve', items: chosen })}
          >
            Approve…
          </Button>
          <Button
            size="sm"
            variant="danger-quiet"
            disabled={isTooMany}
            aria-label={`Reject ${chosen.length} selected`}
            onClick={() => setOpen({ kind: 'reject', items: chosen })}
          >
            Reject…
          </Button>
          <Button size="sm" variant="ghost" aria-label="Clear selection" onClick={onClear}>
            Clear
          </Button>
        </div>
      )}
      {open && (
        <BulkDialog
          project={project}
          decideMany={decideMany}
          kind={open.kind}
          items={open.items}
          onResolved={onResolved}
          onClose={() => setOpen(null)}
          onDone={() => {
            setOpen(null)
            onClear()
          }}
        />
      )}
    </>
  )
}
