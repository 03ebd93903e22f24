import Link from 'next/link'
import type { ReactNode } from 'react'
import type { FirstSteps as Steps } from '@/lib/members/first-steps'
import { pages } from '@/lib/paths'
import { askCommand } from '@/lib/try-it'
import * as first from '@/words/approvals/first-steps'
import * as say from '@/words/approvals/first-steps-list'
import { Button, buttonClass } from '../ui/button'
import { Command } from '../ui/empty-state'
import { Icon } from '../ui/icon'

type Step = keyof Steps

export type StepListProps = {
  project: string
  agents: string[]
  appUrl: string
  lines: { name: Step; words: string }[]
  done: Steps
  next: Step | undefined
}

/** All of them on a card, with how many are done. */
export function StepCard({ count, onHide, ...list }: StepListProps & { count: string; onHide: () => void }) {
  return (
    <section
      aria-label={first.firstSteps}
      className="mx-auto w-full max-w-xl rounded-lg border border-line bg-surface shadow-raised"
    >
      <div className="flex items-center gap-3 border-b border-line px-4 py-3">
        <div className="min-w-0 flex-1">
          <h2 className="text-base font-semibold">{first.firstSteps}</h2>
          <p className="text-sm text-muted">{first.countDone(count)}</p>
        </div>
        <Button size="sm" variant="ghost" aria-label={first.hideFirstSteps} onClick={onHide}>
          {first.hide}
        </Button>
      </div>
      <StepList {...list} />
    </section>
  )
}

/** The first steps one by one: what each is for, and where it is taken. */
export function StepList({ project, agents, appUrl, lines, done, next }: StepListProps) {
  const hows = howsOf(project)
  return (
    <ol>
      {lines.map(({ name, words }) => (
        <StepLine key={name} words={words} how={hows[name]} isDone={done[name]} isNext={name === next}>
          {name === 'request' && <Command text={askCommand(appUrl, '$HOLDPOINT_KEY', agents[0])} />}
        </StepLine>
      ))}
    </ol>
  )
}

type How = { why: string; act: string; href: string }

type StepLineProps = { words: string; how: How; isDone: boolean; isNext: boolean; children: ReactNode }

function StepLine({ words, how, isDone, isNext, children }: StepLineProps) {
  const { why, act, href } = how
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

const howsOf = (project: string): Record<Step, How> => ({
  key: { why: say.makeAnAgentKeyWhy, act: say.makeAKey, href: pages.settings(project, 'keys') },
  agent: { why: say.deployAPolicyWhy, act: say.deployAPolicyAct, href: pages.newAgent(project) },
  request: { why: say.askForAnApprovalWhy, act: say.quickstart, href: pages.docs('quickstart') },
  decision: { why: say.decideOnARequestWhy, act: say.approvals, href: pages.approvals(project) },
  member: { why: say.inviteSomebodyWhy, act: say.invite, href: pages.settings(project, 'members') },
  webhook: { why: say.tellAWebhookWhy, act: say.addAWebhook, href: pages.settings(project, 'webhooks') },
})
