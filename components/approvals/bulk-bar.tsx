'use client'

import { useState } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { Button } from '../ui/button'
import { BulkDialog, type DecideMany } from './bulk-dialog'
import type { DecisionKind } from './use-decision'

/** The API takes as many at once. */
const most = 100

/** At the list's foot, so that it moves no row. */
const barClass = 'flex shrink-0 items-center gap-2 border-t border-line bg-raised px-3 py-2'

type BulkBarProps = {
  project: string
  decideMany: DecideMany
  chosen: SeenApproval[]
  onClear: () => void
  onResolved: (approval: SeenApproval) => void
}

/** What can be done with the selected rows; each opens a dialog that lists them, none decides. */
export function BulkBar({ project, decideMany, chosen, onClear, onResolved }: BulkBarProps) {
  const [open, setOpen] = useState<{ kind: DecisionKind; items: SeenApproval[] } | null>(null)
  const isTooMany = chosen.length > most

  return (
    <>
      {chosen.length > 0 && (
        <div className={barClass}>
          <p className="flex-1 text-sm font-medium">{chosen.length} selected</p>
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
