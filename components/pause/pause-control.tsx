'use client'

import { useState } from 'react'
import * as say from '@/words/pause/pause-control'
import { Button } from '../ui/button'
import { late } from '../ui/late'
import type { Action } from '../ui/use-action'

/** What pauses something, or lets it go on; `agent` is missing for the project. */
export type PauseAction = Action<{ agent?: string; reason: string }, unknown>

/** Read when it is asked for. */
const PauseDialog = late(() => import('./pause-dialog').then((module) => module.default))

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
  return (
    <>
      <Button size={size} variant={isPaused ? 'secondary' : 'danger-quiet'} onClick={() => setIsOpen(true)}>
        {isPaused ? say.letItGoOn : agent === null ? say.pauseTheProject : say.pause}
        {agent !== null && <span className="sr-only"> {agent}</span>}
      </Button>
      {isOpen && <PauseDialog {...{ project, agent, isPaused, act }} onClose={() => setIsOpen(false)} />}
    </>
  )
}
