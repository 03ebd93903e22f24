'use client'

import { useState } from 'react'
import type { Approval, SeenApproval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/break-glass-dialog'
import * as shared from '@/words/shared'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { TextAreaField } from '../ui/text-area-field'
import { TextField } from '../ui/text-field'
import { errorOf, TroubleNotice } from '../ui/trouble'
import { useAction } from '../ui/use-action'
import type { Override } from './override-context'

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
      title={<>{say.approveAgainstPolicy(<code className="code">{tool}</code>)}</>}
    >
      <form onSubmit={submit} noValidate className="space-y-4 text-sm">
        <ul className="list-disc space-y-1 pl-5">
          <li>{say.mayRunItOnce(agent)}</li>
          <li>{say.othersAreNotWaitedFor}</li>
          <li>{say.everybodyIsTold}</li>
        </ul>
        <TextField
          label={say.typeTool(tool)}
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          error={isUntyped ? say.typeToolExactly(tool) : undefined}
        />
        <TextAreaField
          label={say.whyThisCannotWait}
          hint={say.reasonHint}
          rows={2}
          maxLength={4096}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          error={errorOf(trouble, 'override/reason')}
        />
        <TroubleNotice trouble={trouble} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{shared.cancel}</Button>
          <Button type="submit" variant="danger" isBusy={isBusy}>
            {say.approveByBreakGlass}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
