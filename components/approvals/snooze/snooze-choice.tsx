'use client'

import { useState } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import type { Snooze } from '@/lib/approvals/snooze'
import * as say from '@/words/approvals/snooze/snooze-choice'
import * as shared from '@/words/shared'
import { Button } from '../../ui/button'
import { momentWords, spanWords } from '../../ui/duration'
import { TimeOfDay, useClockChoice } from '../../ui/time'
import { TroubleNotice } from '../../ui/trouble'
import { useAction } from '../../ui/use-action'
import type { TalkActions } from '../talk/talk-context'
import { presetsOf } from './presets'

type SnoozeChoiceProps = {
  project: string
  approval: SeenApproval
  put: TalkActions['snooze']['put']
  onDone: (snooze: Snooze) => void
  onClose: () => void
}

/** Until when: each says its time, and the last possible one says why it is that. */
export default function SnoozeChoice({ project, approval, put, onDone, onClose }: SnoozeChoiceProps) {
  const { id, requested_at: asked, expires_at: due } = approval
  const clock = useClockChoice()
  // As it was opened: what is offered does not change under the pointer.
  const [now] = useState(() => Date.now())
  const dueAt = Date.parse(due)
  const presets = presetsOf({ askedAt: Date.parse(asked), dueAt }, now, clock.zone)
  const { isBusy, trouble, send } = useAction(put, {
    refreshes: false,
    done: ({ until }) => say.snoozedForYou(momentWords(until, clock)),
    onDone,
  })
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the buttons within
    <fieldset
      ref={focusFirstButton}
      className="flex w-full flex-wrap items-center gap-1.5 pl-2.5"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onClose()
      }}
    >
      <legend className="sr-only">{say.snoozeUntil}</legend>
      {presets.map(({ words, until, isLatest }) => (
        <Button
          key={until}
          size="sm"
          isBusy={isBusy}
          className="pointer-coarse:h-11!"
          onClick={() => send(project, { id, until: new Date(until).toISOString() })}
        >
          <span>
            {say.until(words, <TimeOfDay at={new Date(until).toISOString()} />)}
            {isLatest && say.whenAreLeft(spanWords(dueAt - until))}
          </span>
        </Button>
      ))}
      {presets.length === 0 && <p className="text-sm text-muted">{say.tooLittleTimeLeft}</p>}
      <Button size="sm" variant="ghost" className="pointer-coarse:h-11!" onClick={onClose}>
        {shared.cancel}
      </Button>
      <TroubleNotice trouble={trouble} />
    </fieldset>
  )
}

function focusFirstButton(group: HTMLElement | null): void {
  group?.querySelector<HTMLElement>('button')?.focus()
}
