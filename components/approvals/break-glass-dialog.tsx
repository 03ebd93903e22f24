'use client'

import { useState } from 'react'
import type { Approval, SeenApproval } from '@/lib/approvals/schemas'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { TextAreaField, TextField } from '../ui/field'
import { errorOf, TroubleNotice } from '../ui/trouble'
import { useAction } from '../ui/use-action'
import type { Override } from './break-glass'

type BreakGlassDialogProps = {
  project: string
  approval: SeenApproval
  override: Override
  onClose: () => void
  onResolved: (approval: Approval) => void
}

/** Wants the tool's name and a reason. */
export default function BreakGlassDialog(props: BreakGlassDialogProps) {
  const { project, approval, override, onClose, onResolved } = props
  const { id, digest, tool, agent } = approval
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const [isUntyped, setIsUntyped] = useState(false)
  const { isBusy, trouble, send } = useAction(override, {
    refreshes: false,
    onDone: (approved) => {
      onClose()
      onResolved(approved)
    },
  })

  function submit(event: React.FormEvent) {
    event.preventDefault()
    setIsUntyped(typed.trim() !== tool)
    if (typed.trim() === tool) send(project, { id, digest, override: { reason } })
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={
        <>
          Approve <code className="code">{tool}</code> against its policy?
        </>
      }
    >
      <form onSubmit={submit} noValidate className="space-y-4 text-sm">
        <ul className="list-disc space-y-1 pl-5">
          <li>{agent} may then run it once, with exactly the params shown, within 15 minutes.</li>
          <li>Whoever else the policy wants to decide is not waited for.</li>
          <li>
            Everybody who may decide is told at once, owners by mail. The approval is marked for good, and
            your reason stands in the audit log.
          </li>
        </ul>
        <TextField
          label={`Type ${tool}`}
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          error={isUntyped ? `Type ${tool}, letter by letter.` : undefined}
        />
        <TextAreaField
          label="Why this cannot wait"
          hint="At least 20 characters."
          rows={2}
          maxLength={4096}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          error={errorOf(trouble, 'override/reason')}
        />
        <TroubleNotice trouble={trouble} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="danger" isBusy={isBusy}>
            Approve by break-glass
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
