'use client'

import { useState } from 'react'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { TextAreaField } from '../ui/field'
import { errorOf, TroubleNotice } from '../ui/trouble'
import { useAction, type Action } from '../ui/use-action'

/** What pauses something, or lets it go on; `agent` is missing for the project. */
export type PauseAction = Action<{ agent?: string; reason: string }, unknown>

type PauseControlProps = {
  project: string
  /** Null for the whole project. */
  agent: string | null
  isPaused: boolean
  /** Pauses, or lets go on where it is paused. */
  act: PauseAction
  size?: 'sm' | 'md'
}

/** Stops an agent or the project by a press and a reason, or lets it go on. */
export function PauseControl({ project, agent, isPaused, act, size = 'sm' }: PauseControlProps) {
  const [isOpen, setIsOpen] = useState(false)
  const [reason, setReason] = useState('')
  const what = agent ?? 'the project'
  const { isBusy, trouble, send, forget } = useAction(act, {
    done: isPaused ? `${agent ?? 'The project'} goes on.` : `${agent ?? 'The project'} is paused.`,
    onDone: () => close(),
  })

  function close() {
    setIsOpen(false)
    setReason('')
    forget()
  }
  function submit(event: React.FormEvent) {
    event.preventDefault()
    send(project, { ...(agent === null ? {} : { agent }), reason })
  }

  const words = isPaused ? `Let ${what} go on` : `Pause ${what}`
  return (
    <>
      <Button size={size} variant={isPaused ? 'secondary' : 'danger-quiet'} onClick={() => setIsOpen(true)}>
        {isPaused ? 'Let it go on' : agent === null ? 'Pause the project' : 'Pause'}
        {agent !== null && <span className="sr-only"> {agent}</span>}
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title={`${words}?`}>
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
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" variant={isPaused ? 'primary' : 'danger'} isBusy={isBusy}>
              {words}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
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
