'use client'

import { useState } from 'react'
import * as say from '@/words/pause/pause-dialog'
import * as shared from '@/words/shared'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { TextAreaField } from '../ui/text-area-field'
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
    done: isPaused
      ? say.goesOn(agent ?? say.theProjectAtStart)
      : say.isPaused(agent ?? say.theProjectAtStart),
    onDone: onClose,
  })

  function submit(event: React.FormEvent) {
    event.preventDefault()
    send(project, { ...(agent === null ? {} : { agent }), reason })
  }

  const what = agent ?? say.theProject
  const words = isPaused ? say.letGoOn(what) : say.pause(what)
  return (
    <Dialog isOpen onClose={onClose} title={`${words}?`}>
      <form onSubmit={submit} noValidate className="space-y-4 text-sm">
        {isPaused ? <WhatGoesOn /> : <WhatStops agent={agent} />}
        <TextAreaField
          label={say.why}
          hint={say.everybodyIsTold}
          rows={2}
          maxLength={1000}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          error={errorOf(trouble, 'reason')}
        />
        <TroubleNotice trouble={trouble} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{shared.cancel}</Button>
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
      <li>{say.whatStops(agent ?? say.anyAgent)}</li>
      <li>{say.nothingIsApproved}</li>
      <li>{say.releasedCallsRunOn}</li>
      <li>{say.deadlinesRunOn}</li>
    </ul>
  )
}

function WhatGoesOn() {
  return <p>{say.whatGoesOn}</p>
}
