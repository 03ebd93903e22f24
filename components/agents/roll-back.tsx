'use client'

import { useState } from 'react'
import type { ShownVersion } from '@/lib/agents/at-version'
import * as say from '@/words/agents/roll-back'
import { Button } from '../ui/button'
import { useAction } from '../ui/use-action'
import type { Deploy } from './deploy-form'
import { ReviewDialog } from './review-dialog'

type RollBackProps = {
  project: string
  name: string
  shown: ShownVersion
  inForce: { version: number; config: string }
  deploy: Deploy
  onDone: () => void
}

/** Puts an earlier version's text in force again, as a new version, after a look at what that changes. */
export function RollBack({ project, name, shown, inForce, deploy, onDone }: RollBackProps) {
  const [isOpen, setIsOpen] = useState(false)
  const action = say.rollBackTo(shown.version)
  const { isBusy, trouble, send, forget } = useAction(deploy, {
    unanswered: say.rollBackUnanswered,
    done: ({ version }) => say.rolledBack(version, name, shown.version),
    refreshes: false,
    onDone: () => {
      setIsOpen(false)
      onDone()
    },
  })
  return (
    <>
      <Button
        size="sm"
        onClick={() => {
          forget()
          setIsOpen(true)
        }}
      >
        {action}
      </Button>
      <ReviewDialog
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        title={say.rollBackNow(shown.version, name)}
        before={inForce.config}
        after={shown.config}
        policy={shown.policy}
        action={action}
        isBusy={isBusy}
        trouble={trouble}
        onConfirm={() => send(project, { name, config: shown.config, base: inForce.version })}
      />
    </>
  )
}
