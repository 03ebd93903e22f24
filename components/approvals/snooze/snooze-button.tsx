'use client'

import { useRef, useState } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/snooze/snooze-button'
import { Button } from '../../ui/button'
import { Kbd } from '../../ui/kbd'
import { late } from '../../ui/late'
import { TimeOfDay } from '../../ui/time'
import { TroubleNotice } from '../../ui/trouble'
import { useAction } from '../../ui/use-action'
import type { TalkActions } from '../talk/talk-context'
import { useSnoozing } from './snooze-context'

/** Read when somebody puts something off. */
const SnoozeChoice = late(() => import('./snooze-choice').then((module) => module.default))

type SnoozeButtonProps = {
  project: string
  approval: SeenApproval
  actions: TalkActions['snooze']
}

/** Puts a request off for oneself until a time, or takes it back; nobody else sees anything of it. */
export function SnoozeButton({ project, approval, actions }: SnoozeButtonProps) {
  const { id } = approval
  const snoozing = useSnoozing()
  const [isOpen, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const { isBusy, trouble, send } = useAction(actions.take, {
    refreshes: false,
    done: say.isBackInYourQueue,
    onDone: () => snoozing?.onSnoozed(id, null),
  })
  if (snoozing === null) return null
  const until = snoozing.untilOf(id)
  if (until !== undefined) {
    return (
      <>
        <Button
          size="sm"
          variant="ghost"
          aria-keyshortcuts="h"
          isBusy={isBusy}
          onClick={() => send(project, { id })}
        >
          <span>{say.snoozedTakeBack(<TimeOfDay at={until} />)}</span> <Kbd>H</Kbd>
        </Button>
        <TroubleNotice trouble={trouble} />
      </>
    )
  }
  return (
    <>
      <Button
        ref={button}
        size="sm"
        variant="ghost"
        aria-keyshortcuts="h"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {say.snooze} <Kbd>H</Kbd>
      </Button>
      {isOpen && (
        <SnoozeChoice
          project={project}
          approval={approval}
          put={actions.put}
          onDone={({ until: at }) => {
            setOpen(false)
            snoozing.onSnoozed(id, at)
          }}
          onClose={() => {
            setOpen(false)
            button.current?.focus()
          }}
        />
      )}
    </>
  )
}
