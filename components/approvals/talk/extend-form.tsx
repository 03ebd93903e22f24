'use client'

import { useState } from 'react'
import type { Approval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/talk/extend-form'
import * as shared from '@/words/shared'
import { Button } from '../../ui/button'
import { SelectField } from '../../ui/select-field'
import { TextField } from '../../ui/text-field'
import { focusFirst } from '../../ui/focus-first'
import { errorOf, TroubleNotice } from '../../ui/trouble'
import { useAction } from '../../ui/use-action'
import type { TalkActions } from './talk-context'

const spans = [
  [900, say.span15Minutes],
  [3600, say.span1Hour],
  [4 * 3600, say.span4Hours],
  [86_400, say.span1Day],
] as const

type ExtendFormProps = {
  project: string
  id: string
  extend: NonNullable<TalkActions['coordinate']>['extend']
  onChanged: (approval: Approval) => void
  onClose: () => void
}

/** Moves the deadline, with a reason; how far in all is bounded by the policy, which the server's answer says. */
export function ExtendForm({ project, id, extend, onChanged, onClose }: ExtendFormProps) {
  const [seconds, setSeconds] = useState(3600)
  const [reason, setReason] = useState('')
  const { isBusy, trouble, send } = useAction(extend, {
    refreshes: false,
    onDone: (approval) => {
      onChanged(approval)
      onClose()
    },
  })
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the fields within
    <form
      ref={focusFirst}
      noValidate
      className="flex flex-wrap items-start gap-2"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onClose()
      }}
      onSubmit={(event) => {
        event.preventDefault()
        send(project, { id, by_seconds: seconds, reason })
      }}
    >
      <SelectField
        label={say.by}
        frameClassName="w-36"
        value={seconds}
        onChange={(event) => setSeconds(Number(event.target.value))}
        error={errorOf(trouble, 'by_seconds')}
      >
        {spans.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </SelectField>
      <TextField
        label={say.why}
        frameClassName="min-w-48 flex-1"
        maxLength={4096}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        error={errorOf(trouble, 'reason')}
      />
      <span className="flex gap-1.5 self-start pt-6">
        <Button type="submit" isBusy={isBusy}>
          {say.giveMoreTime}
        </Button>
        <Button variant="ghost" onClick={onClose}>
          {shared.cancel}
        </Button>
      </span>
      <TroubleNotice trouble={trouble} />
    </form>
  )
}
