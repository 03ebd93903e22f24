'use client'

import { useState } from 'react'
import { decideMany } from '@/app/[project]/approvals/actions'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { useLive } from '../frame/live'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { TextAreaField } from '../ui/field'
import { Notice } from '../ui/page-header'
import { useToast } from '../ui/toast'
import { BulkItem } from './bulk-item'
import type { DecidedOne } from './input'
import type { DecisionKind } from './use-decision'
import { useParams } from './use-params'

type BulkDialogProps = {
  project: string
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
export function BulkDialog({ project, kind, items, onResolved, onClose, onDone }: BulkDialogProps) {
  const [reason, setReason] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const [results, setResults] = useState<ReadonlyMap<string, DecidedOne> | null>(null)
  const loaded = useParams(project, items)
  const isLoaded = loaded.paramsOf !== null
  const toast = useToast()
  const { tell } = useLive()
  const { verb, past, busy, look } = words[kind]
  const requests = items.length === 1 ? '1 request' : `${items.length} requests`

  async function confirm() {
    setBusy(true)
    setFailure(null)
    const words = reason.trim() ? { reason } : {}
    try {
      const answer = await decideMany(project, {
        items: items.map(({ id, digest }) => ({ id, digest, decision: kind, ...words })),
      })
      if (answer.ok) settle(answer.value)
      else setFailure(answer.problem.detail)
    } catch {
      setFailure(
        'The server did not answer, so these decisions may or may not be on record. The list shows what holds.',
      )
    } finally {
      setBusy(false)
      tell()
    }
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
            if (!isBusy && isLoaded) void confirm()
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
          {failure && (
            <div role="alert">
              <Notice tone="danger">{failure}</Notice>
            </div>
          )}
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
