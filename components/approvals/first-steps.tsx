'use client'

import Link from 'next/link'
import { Suspense, use, useEffect, useState, useSyncExternalStore, type ReactNode } from 'react'
import type { FirstSteps as Steps } from '@/lib/members/first-steps'
import { pages } from '@/lib/paths'
import { askCommand } from '@/lib/try-it'
import * as say from '@/words/approvals/first-steps'
import { Button, buttonClass } from '../ui/button'
import { Command } from '../ui/empty-state'
import { Icon } from '../ui/icon'
import { hideFirstSteps, watchHidden, whoHidFirstSteps } from './first-steps-hidden'

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
  const [isOpen, setOpen] = useState(false)
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

  const lines = linesOf(project)
  const next = lines.find(({ name }) => !done[name])
  const count = say.countOf(lines.filter(({ name }) => done[name]).length, lines.length)
  function hide() {
    hideFirstSteps(project, person)
    document.getElementById('main')?.focus()
  }
  const steps = (
    <ol>
      {lines.map((line) => (
        <StepLine key={line.name} line={line} isDone={done[line.name]} isNext={line === next}>
          {line.name === 'request' && <Command text={askCommand(appUrl, '$HOLDPOINT_KEY', agents[0])} />}
        </StepLine>
      ))}
    </ol>
  )
  if (look === 'card') {
    return (
      <section
        aria-label={say.firstSteps}
        className="mx-auto w-full max-w-xl rounded-lg border border-line bg-surface shadow-raised"
      >
        <div className="flex items-center gap-3 border-b border-line px-4 py-3">
          <div className="min-w-0 flex-1">
            <h2 className="text-base font-semibold">{say.firstSteps}</h2>
            <p className="text-sm text-muted">{say.countDone(count)}</p>
          </div>
          <Button size="sm" variant="ghost" aria-label={say.hideFirstSteps} onClick={hide}>
            {say.hide}
          </Button>
        </div>
        {steps}
      </section>
    )
  }
  return (
    <section aria-label={say.firstSteps} className="flex max-h-[60%] shrink-0 flex-col border-t border-line">
      <div className="flex h-10 shrink-0 items-center gap-1 pr-2">
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          className="flex h-full min-w-0 flex-1 items-center gap-2 px-3.5 text-left text-sm -outline-offset-2 hover:bg-hover"
        >
          <Icon name="chevron" className={isOpen ? 'rotate-90' : '-rotate-90'} />
          <span className="font-medium">{say.firstSteps}</span>
          <span className="shrink-0 text-muted">{count}</span>
          {!isOpen && next && <span className="ml-auto truncate text-xs text-muted">{next.words}</span>}
        </button>
        <Button size="sm" variant="ghost" aria-label={say.hideFirstSteps} className="px-1.5!" onClick={hide}>
          <Icon name="close" />
        </Button>
      </div>
      {isOpen && <div className="min-h-0 overflow-y-auto border-t border-line">{steps}</div>}
    </section>
  )
}

type Line = { name: keyof Steps; words: string; why: string; act: string; href: string }

type StepLineProps = { line: Line; isDone: boolean; isNext: boolean; children: ReactNode }

function StepLine({ line, isDone, isNext, children }: StepLineProps) {
  const { words, why, act, href } = line
  return (
    <li className={`border-b border-line px-4 last:border-b-0 ${isDone ? 'py-1' : 'py-2.5'}`}>
      <div className={`flex items-center gap-3 ${isDone ? 'min-h-7' : 'min-h-8'}`}>
        <span
          className={`flex size-5 shrink-0 items-center justify-center rounded-full border ${
            isDone ? 'border-transparent bg-ok-soft text-ok' : 'border-control'
          }`}
        >
          {isDone && <Icon name="check" className="size-3!" />}
        </span>
        <span className="sr-only">{isDone ? say.done : say.toDo}</span>
        <div className="min-w-0 flex-1">
          <p className={`text-sm ${isDone ? 'text-muted' : 'font-medium'}`}>{words}</p>
          {!isDone && <p className="text-xs text-muted">{why}</p>}
        </div>
        {!isDone && (
          <Link
            href={href}
            className={buttonClass({ size: 'sm', variant: isNext ? 'primary' : 'secondary' })}
          >
            {act}
          </Link>
        )}
      </div>
      {isNext && <div className="empty:hidden mt-2 pl-8">{children}</div>}
    </li>
  )
}

function linesOf(project: string): Line[] {
  return [
    {
      name: 'key',
      words: say.makeAnAgentKey,
      why: say.makeAnAgentKeyWhy,
      act: say.makeAKey,
      href: pages.settings(project, 'keys'),
    },
    {
      name: 'agent',
      words: say.deployAPolicy,
      why: say.deployAPolicyWhy,
      act: say.deployAPolicyAct,
      href: pages.newAgent(project),
    },
    {
      name: 'request',
      words: say.askForAnApproval,
      why: say.askForAnApprovalWhy,
      act: say.quickstart,
      href: pages.docs('quickstart'),
    },
    {
      name: 'decision',
      words: say.decideOnARequest,
      why: say.decideOnARequestWhy,
      act: say.approvals,
      href: pages.approvals(project),
    },
    {
      name: 'member',
      words: say.inviteSomebody,
      why: say.inviteSomebodyWhy,
      act: say.invite,
      href: pages.settings(project, 'members'),
    },
    {
      name: 'webhook',
      words: say.tellAWebhook,
      why: say.tellAWebhookWhy,
      act: say.addAWebhook,
      href: pages.settings(project, 'webhooks'),
    },
  ]
}
