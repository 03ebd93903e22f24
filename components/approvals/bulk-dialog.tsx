'use client'

import { useState } from 'react'
import type { DecideManyFromPage } from '@/lib/approvals/from-page'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { useLive } from '../frame/live'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { TextAreaField } from '../ui/field'
import { useToast } from '../ui/toast'
import { TroubleNotice } from '../ui/trouble'
import { useAction, type Action } from '../ui/use-action'
import { BulkItem, type DecidedOne } from './bulk-item'
import type { DecisionKind } from './use-decision'
import { useParams } from './use-params'

/** Decides several, each for itself. */
export type DecideMany = Action<DecideManyFromPage, DecidedOne[]>

type BulkDialogProps = {
  project: string
  decideMany: DecideMany
  kind: DecisionKind
  /** The rows as they were shown when the dialog was opened. */
  items: SeenApproval[]
  onResolved: (approval: SeenApproval) => void
  onClose: () => void
  onDone: () => void
}

const words = {
  approve: { verb: 'Approve', past: 'approved', busy: 'Approving…', look: 'approve' },
  reject: { verb: 'Reject', past: 'rejected', busy: 'Rejecting…', look: 'danger' },
} as const

/** Lists what would be decided, decides each for itself, and says what became of each. */
export function BulkDialog(props: BulkDialogProps) {
  const { project, decideMany, kind, items, onResolved, onClose, onDone } = props
  const [reason, setReason] = useState('')
  const [results, setResults] = useState<ReadonlyMap<string, DecidedOne> | null>(null)
  const loaded = useParams(project, items)
  const isLoaded = loaded.paramsOf !== null
  const toast = useToast()
  const { tell } = useLive()
  const { verb, past, busy, look } = words[kind]
  const requests = items.length === 1 ? '1 request' : `${items.length} requests`

  const { isBusy, trouble, send } = useAction(decideMany, {
    unanswered:
      'The server did not answer, so these decisions may or may not be on record. The list shows what holds.',
    refreshes: false,
    onDone: settle,
    onSettled: tell,
  })

  function confirm() {
    const words = reason.trim() ? { reason } : {}
    send(project, { items: items.map(({ id, digest }) => ({ id, digest, decision: kind, ...words })) })
  }

  function settle(answers: DecidedOne[]) {
    for (const one of answers) {
      const approval = 'approval' in one ? one.approval : one.problem.approval
      if (approval) onResolved(approval)
    }
    const count = answers.filter((one) => 'approval' in one).length
    toast({ tone: count === items.length ? 'ok' : 'danger', text: `${count} of ${requests} ${past}.` })
    if (count === items.length) onDone()
    else setResults(new Map(answers.map((one) => [one.id, one])))
  }

  return (
    <Dialog
      isOpen
      onClose={results ? onDone : onClose}
      size="lg"
      title={results ? `What became of ${requests}` : `${verb} ${requests}?`}
      description={results ? undefined : 'Each is decided for itself, with exactly the params listed here.'}
    >
      <ul className="divide-y divide-line rounded-sm border border-line">
        {items.map((approval) => (
          <BulkItem
            key={approval.id}
            approval={approval}
            loaded={loaded}
            result={results?.get(approval.id)}
          />
        ))}
      </ul>
      {results ? (
        <div className="mt-4 flex justify-end">
          <Button onClick={onDone}>Close</Button>
        </div>
      ) : (
        <form
          className="mt-4 space-y-3"
          onSubmit={(event) => {
            event.preventDefault()
            if (isLoaded) confirm()
          }}
        >
          <TextAreaField
            label="Reason"
            hint="Kept with each of them."
            rows={2}
            maxLength={4096}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          <TroubleNotice trouble={trouble} />
          <div className="flex flex-wrap gap-2">
            <Button type="submit" variant={look} isBusy={isBusy} busyLabel={busy} disabled={!isLoaded}>
              Confirm {kind} {requests}
            </Button>
            <Button variant="ghost" isBusy={isBusy} onClick={onClose}>
              Cancel
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  )
}
