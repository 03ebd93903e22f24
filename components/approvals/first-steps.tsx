'use client'

import { Suspense, use, useEffect, useState, useSyncExternalStore } from 'react'
import type { FirstSteps as Steps } from '@/lib/members/first-steps'
import * as say from '@/words/approvals/first-steps'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import { late } from '../ui/late'
import { hideFirstSteps, watchHidden, whoHidFirstSteps } from './first-steps-hidden'
import type { StepListProps } from './first-steps-list'

const readList = () => import('./first-steps-list').then((module) => module.StepList)
const StepList = late(readList)
const StepCard = late(() => import('./first-steps-list').then((module) => module.StepCard))

export type FirstStepsGiven = {
  /** What is done; null for whoever could not take the steps, and where it could not be read. */
  read: Promise<Steps | null>
  appUrl: string
  /** Who would hide them. */
  person: string
}

type FirstStepsProps = {
  project: string
  agents: string[]
  given: FirstStepsGiven
  /** What was seen to happen since. */
  seen: Partial<Steps>
  /** A card shows all steps; a strip how many are done, and the steps when it is pressed. */
  look: 'card' | 'strip'
}

/**
 * What makes a project work, each step ticked by what is on record. Read apart, so that nothing waits for it; gone once
 * all is done or somebody hid it.
 */
export function FirstSteps(props: FirstStepsProps) {
  return (
    <Suspense fallback={null}>
      <Shown {...props} />
    </Suspense>
  )
}

function Shown({ project, agents, given, seen, look }: FirstStepsProps) {
  const { read, appUrl, person } = given
  const kept = use(read)
  const done = kept && { ...kept, ...seen }
  const isHidden =
    useSyncExternalStore(
      watchHidden,
      () => whoHidFirstSteps(project),
      () => undefined,
    ) === person
  const isAllDone = done !== null && Object.values(done).every(Boolean)
  useEffect(() => {
    if (isAllDone) hideFirstSteps(project, person)
  }, [isAllDone, project, person])
  if (done === null || isAllDone || isHidden) return null

  const next = lines.find(({ name }) => !done[name])
  const count = say.countOf(lines.filter(({ name }) => done[name]).length, lines.length)
  function hide() {
    hideFirstSteps(project, person)
    document.getElementById('main')?.focus()
  }
  const list = { project, agents, appUrl, lines, done, next: next?.name }
  if (look === 'card') return <StepCard {...list} count={count} onHide={hide} />
  return <Strip list={list} count={count} next={next?.words} onHide={hide} />
}

type StripProps = {
  list: StepListProps
  count: string
  /** What is to be done next. */
  next: string | undefined
  onHide: () => void
}

/** The steps are read when the pointer or the focus comes to what opens them. */
function Strip({ list, count, next, onHide }: StripProps) {
  const [isOpen, setOpen] = useState(false)
  const warm = () => void readList().catch(() => undefined)
  return (
    <section aria-label={say.firstSteps} className="flex max-h-[60%] shrink-0 flex-col border-t border-line">
      <div className="flex h-10 shrink-0 items-center gap-1 pr-2">
        <button
          type="button"
          aria-expanded={isOpen}
          onPointerEnter={warm}
          onFocus={warm}
          onClick={() => setOpen(!isOpen)}
          className="flex h-full min-w-0 flex-1 items-center gap-2 px-3.5 text-left text-sm -outline-offset-2 hover:bg-hover"
        >
          <Icon name="chevron" className={isOpen ? 'rotate-90' : '-rotate-90'} />
          <span className="font-medium">{say.firstSteps}</span>
          <span className="shrink-0 text-muted">{count}</span>
          {!isOpen && next && <span className="ml-auto truncate text-xs text-muted">{next}</span>}
        </button>
        <Button
          size="sm"
          variant="ghost"
          aria-label={say.hideFirstSteps}
          className="px-1.5!"
          onClick={onHide}
        >
          <Icon name="close" />
        </Button>
      </div>
      {isOpen && (
        <div className="min-h-0 overflow-y-auto border-t border-line">
          <StepList {...list} />
        </div>
      )}
    </section>
  )
}

const lines: StepListProps['lines'] = [
  { name: 'key', words: say.makeAnAgentKey },
  { name: 'agent', words: say.deployAPolicy },
  { name: 'request', words: say.askForAnApproval },
  { name: 'decision', words: say.decideOnARequest },
  { name: 'member', words: say.inviteSomebody },
  { name: 'webhook', words: say.tellAWebhook },
]
