'use client'

import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useRef, useTransition, type RefObject } from 'react'
import { outcomes } from '@/lib/approvals/statuses'
import { pages } from '@/lib/paths'
import { statusWord } from '../ui/badge'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import { Kbd } from '../ui/kbd'
import { countWords } from './count-words'
import { given, inTab, isNarrowed, type QueueFilter } from './filter'

type FilterBarProps = {
  project: string
  filter: QueueFilter
  agents: string[]
  pendingCount: number
  search: RefObject<HTMLInputElement | null>
}

const sortWords = {
  deadline: 'Deadline',
  oldest: 'Oldest',
  newest: 'Newest',
  largest: 'Largest amount',
} as const

/** Tabs and filters over the list; all of it is in the address, works by Enter alone and at once by a choice. */
export function FilterBar({ project, filter, agents, pendingCount, search }: FilterBarProps) {
  const form = useRef<HTMLFormElement>(null)
  const router = useRouter()
  const [isGoing, startTransition] = useTransition()
  const isDecided = filter.status !== undefined

  function go(next: QueueFilter) {
    startTransition(() => router.replace(pages.approvals(project, next), { scroll: false }))
  }
  function apply() {
    if (form.current === null) return
    const values = [...new FormData(form.current)].map(([name, value]) => [name, String(value)] as const)
    const next = given(Object.fromEntries(values))
    if (next.sort === 'deadline') delete next.sort
    go(next)
  }

  return (
    <div className="space-y-2 border-b border-line px-3 pt-3 pb-2.5" aria-busy={isGoing}>
      <div className="flex items-center gap-3">
        <h1 className="text-lg font-semibold tracking-tight">Approvals</h1>
        <nav aria-label="Pending or decided" className="ml-auto flex rounded-sm bg-sunken p-0.5 text-sm">
          {(['pending', 'decided'] as const).map((tab) => (
            <Link
              key={tab}
              href={pages.approvals(project, inTab(filter, tab))}
              aria-current={isDecided === (tab === 'decided') ? 'page' : undefined}
              className="flex h-7 items-center gap-1.5 rounded-xs px-2.5 text-muted hover:text-ink aria-[current]:bg-raised
                aria-[current]:font-medium aria-[current]:text-ink aria-[current]:shadow-raised pointer-coarse:h-10"
            >
              {tab === 'pending' ? 'Pending' : 'Decided'}
              {tab === 'pending' && <span className="text-xs text-muted">{countWords(pendingCount)}</span>}
            </Link>
          ))}
        </nav>
      </div>
      <search aria-label="Filter approvals">
        <form
          ref={form}
          key={pages.approvals(project, filter)}
          action={pages.approvals(project)}
          autoComplete="off"
          onSubmit={(event) => {
            event.preventDefault()
            apply()
          }}
          className="flex flex-wrap items-center gap-1.5"
        >
          <label className="relative flex-1 basis-full">
            <span className="sr-only">Search</span>
            <Icon
              name="search"
              className="pointer-events-none absolute inset-y-0 left-2 my-auto text-faint"
            />
            <input
              ref={search}
              name="q"
              type="search"
              aria-keyshortcuts="/"
              placeholder="Search params, tools, ids"
              maxLength={200}
              defaultValue={filter.q}
              className="h-8 w-full rounded-sm border border-control bg-surface pr-8 pl-8 text-sm shadow-raised pointer-coarse:h-11"
            />
            <span className="pointer-events-none absolute inset-y-0 right-2 flex items-center text-muted">
              <Kbd>/</Kbd>
            </span>
          </label>
          <Choice label="Agent" name="agent" value={filter.agent} onChange={apply}>
            <option value="">All agents</option>
            {withChosen(agents, filter.agent).map((agent) => (
              <option key={agent}>{agent}</option>
            ))}
          </Choice>
          <input
            aria-label="Tool"
            name="tool"
            placeholder="Tool or pay.*"
            maxLength={200}
            defaultValue={filter.tool}
            onBlur={(event) => event.target.value.trim() !== (filter.tool ?? '') && apply()}
            className={`${chip} w-24 flex-1 basis-24 max-md:basis-36 ${filter.tool ? chosen : 'border-line'}`}
          />
          {isDecided ? (
            <Choice label="Status" name="status" value={filter.status} usual="decided" onChange={apply}>
              <option value="decided">All outcomes</option>
              {outcomes.map((status) => (
                <option key={status} value={status}>
                  {statusWord(status)}
                </option>
              ))}
            </Choice>
          ) : (
            <Choice label="Sort" name="sort" value={filter.sort} usual="deadline" onChange={apply}>
              {Object.entries(sortWords).map(([sort, words]) => (
                <option key={sort} value={sort}>
                  {words}
                </option>
              ))}
            </Choice>
          )}
          <Button type="submit" className="sr-only focus:not-sr-only focus:inline-flex focus:h-7 focus:px-3">
            Apply
          </Button>
          {isNarrowed(filter) && (
            <Button
              variant="ghost"
              size="sm"
              onClick={() => go(inTab({}, isDecided ? 'decided' : 'pending'))}
            >
              Clear filters
            </Button>
          )}
        </form>
      </search>
    </div>
  )
}

const chip = 'h-7 min-w-0 rounded-full border bg-surface px-2.5 text-xs text-ink pointer-coarse:h-11'
const chosen = 'border-accent bg-accent-soft! text-accent!'

type ChoiceProps = {
  label: string
  name: string
  value: string | undefined
  usual?: string
  onChange: () => void
  children: React.ReactNode
}

function Choice({ label, name, value, usual = '', onChange, children }: ChoiceProps) {
  const isChosen = (value ?? usual) !== usual
  return (
    <div className="relative min-w-0">
      <select
        aria-label={label}
        name={name}
        defaultValue={value ?? usual}
        onChange={onChange}
        className={`${chip} max-w-40 appearance-none pr-6! ${isChosen ? chosen : 'border-line'}`}
      >
        {children}
      </select>
      <Icon
        name="down"
        className="pointer-events-none absolute inset-y-0 right-1.5 my-auto size-3.5! text-muted"
      />
    </div>
  )
}

function withChosen(agents: string[], chosenOne: string | undefined): string[] {
  return chosenOne === undefined || agents.includes(chosenOne) ? agents : [...agents, chosenOne]
}
