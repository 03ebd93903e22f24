'use client'

import Link from 'next/link'
import { useRouter, useSelectedLayoutSegment } from 'next/navigation'
import { useState } from 'react'
import type { FirstSteps as Steps } from '@/lib/members/first-steps'
import { pages } from '@/lib/paths'
import { askCommand } from '@/lib/try-it'
import { Command } from '../ui/empty-state'
import { Icon } from '../ui/icon'
import { useLive } from './live'

type FirstStepsProps = {
  project: string
  appUrl: string
  steps: Steps
  /** One that the project has, to send the test request as. */
  agent: string | undefined
}

const essential = ['key', 'policy', 'request', 'decision'] as const
/** Where what is left after these belongs. */
const laterPlaces = new Set(['settings', 'agents'])

/**
 * What makes a new project work, each line ticked by what happens; gone once all is done, and once somebody has
 * decided only where the rest is set up.
 */
export function FirstSteps({ project, appUrl, steps, agent }: FirstStepsProps) {
  const place = useSelectedLayoutSegment()
  const isWorking = essential.every((name) => steps[name])
  const [isOpen, setIsOpen] = useState(!steps.key && !steps.policy)
  const router = useRouter()
  useLive(() => !isWorking && router.refresh())
  if (isWorking && !laterPlaces.has(place ?? '')) return null

  const lines = linesOf(project)
  const done = lines.filter(({ name }) => steps[name]).length
  const next = lines.find(({ name }) => !steps[name])
  return (
    <section
      aria-label="First steps"
      className="mb-4 shrink-0 rounded-md border border-line bg-surface text-sm has-[~[data-desk]]:m-3 print:hidden"
    >
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
        className="flex h-9 w-full items-center gap-2 rounded-md px-3 text-left -outline-offset-2 hover:bg-hover"
      >
        <Icon name="chevron" className={isOpen ? 'rotate-90' : ''} />
        <span className="font-medium whitespace-nowrap">First steps</span>
        <span className="whitespace-nowrap text-muted">
          {done} of {lines.length} done
        </span>
        {!isOpen && next && <span className="ml-auto min-w-0 truncate text-muted">Next: {next.words}</span>}
      </button>
      {isOpen && (
        <ol className="divide-y divide-line border-t border-line">
          {lines.map((line) => (
            <li key={line.name} className="space-y-2 px-3 py-2">
              <p className="flex items-center gap-2">
                <Icon
                  name={steps[line.name] ? 'check' : 'clock'}
                  className={steps[line.name] ? 'text-ok' : 'text-faint'}
                />
                <span className="sr-only">{steps[line.name] ? 'Done: ' : 'To do: '}</span>
                {steps[line.name] ? (
                  <span className="text-muted">{line.words}</span>
                ) : (
                  <Link href={line.href} className="link">
                    {line.words}
                  </Link>
                )}
                <span className="ml-auto hidden text-xs text-muted sm:inline">{line.why}</span>
              </p>
              {line.name === 'request' && line === next && (
                <Command text={askCommand(appUrl, '$HOLDPOINT_KEY', agent)} />
              )}
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

type Line = { name: keyof Steps; words: string; why: string; href: string }

function linesOf(project: string): Line[] {
  return [
    {
      name: 'key',
      words: 'Make an agent key',
      why: 'What the agent asks with.',
      href: pages.settings(project, 'keys'),
    },
    {
      name: 'policy',
      words: 'Deploy a policy',
      why: 'Which calls are held.',
      href: pages.newAgent(project),
    },
    {
      name: 'request',
      words: 'Send a test request',
      why: 'With the key, from a terminal.',
      href: pages.docs('quickstart'),
    },
    {
      name: 'decision',
      words: 'Decide on it',
      why: 'The agent waits for you.',
      href: pages.approvals(project),
    },
    {
      name: 'person',
      words: 'Invite a second person',
      why: 'Nobody decides on their own runs.',
      href: pages.settings(project, 'members'),
    },
    {
      name: 'webhook',
      words: 'Tell Slack or another place',
      why: 'So that nobody has to watch a page.',
      href: pages.settings(project, 'webhooks'),
    },
  ]
}
