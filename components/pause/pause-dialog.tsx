'use client'

import { useState } from 'react'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { TextAreaField } from '../ui/field'
import { errorOf, TroubleNotice } from '../ui/trouble'
import { useAction } from '../ui/use-action'
import type { PauseAction } from './pause-control'

type PauseDialogProps = {
  project: string
  agent: string | null
  isPaused: boolean
  act: PauseAction
  onClose: () => void
}

/** Asks why, and what it stops or lets go on. */
export default function PauseDialog({ project, agent, isPaused, act, onClose }: PauseDialogProps) {
  const [reason, setReason] = useState('')
  const { isBusy, trouble, send } = useAction(act, {
    done: isPaused ? `${agent ?? 'The project'} goes on.` : `${agent ?? 'The project'} is paused.`,
    onDone: onClose,
  })

  function submit(event: React.FormEvent) {
    event.preventDefault()
    send(project, { ...(agent === null ? {} : { agent }), reason })
  }

  const what = agent ?? 'the project'
  const words = isPaused ? `Let ${what} go on` : `Pause ${what}`
  return (
    <Dialog isOpen onClose={onClose} title={`${words}?`}>
      <form onSubmit={submit} noValidate className="space-y-4 text-sm">
        {isPaused ? <WhatGoesOn /> : <WhatStops agent={agent} />}
        <TextAreaField
          label="Why"
          hint="Everybody who may decide is told, and it stands in the audit log."
          rows={2}
          maxLength={1000}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          error={errorOf(trouble, 'reason')}
        />
        <TroubleNotice trouble={trouble} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant={isPaused ? 'primary' : 'danger'} isBusy={isBusy}>
            {words}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function WhatStops({ agent }: { agent: string | null }) {
  return (
    <ul className="list-disc space-y-1 pl-5">
      <li>
        From the moment that this is confirmed, nothing of {agent ?? 'any agent'} is released: not what was
        approved, and not what no rule asks approval for.
      </li>
      <li>Nothing can be approved. Rejecting and withdrawing go on.</li>
      <li>Calls that were released before run on; nobody here can stop those.</li>
      <li>Deadlines run on: what waits may expire.</li>
    </ul>
  )
}

function WhatGoesOn() {
  return (
    <p>
      What waits can be decided and used again at once. What was approved can be used while its 15 minutes
      last; what expired stays expired.
    </p>
  )
}
