'use client'

import Link from 'next/link'
import { useState, type RefObject } from 'react'
import type { Grouping } from '@/lib/approvals/groupings'
import type { shownDues } from '@/lib/approvals/shown'
import { outcomes } from '@/lib/approvals/statuses'
import { pages } from '@/lib/paths'
import type { View } from '@/lib/views/schemas'
import * as say from '@/words/approvals/filter-bar'
import { statusWord } from '../ui/badge'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import { Kbd } from '../ui/kbd'
import { late } from '../ui/late'
import { countWords } from './count-words'
import { given, inTab, isNarrowed, type QueueFilter } from './filter'
import { chip, chosen, FilterChoice } from './filter-choice'
import { useFilterFields } from './use-filter-fields'
import { useKeptFocus } from './use-kept-focus'
import { useRules } from './use-rules'
import type { ViewActions } from './views/views-dialog'

type FilterBarProps = {
  project: string
  filter: QueueFilter
  agents: string[]
  /** Whether some of what is pending asks some people alone, so that readers differ in what waits for them. */
  hasShares: boolean
  saved: SavedViews
  pendingCount: number
  search: RefObject<HTMLInputElement | null>
  className: string
}

/** Saved views, and what is done with them. */
export type SavedViews = {
  views: View[]
  actions: ViewActions
  isAdmin: boolean
  /** The filters are the reader's own because they said nothing, which no view says for others. */
  isMineImplied: boolean
}

/** Read where there are any, and when they are asked for. */
const ViewLinks = late(() => import('./views/view-links').then((module) => module.default))
const ViewsDialog = late(() => import('./views/views-dialog').then((module) => module.default))

const sortWords = {
  '': say.deadline,
  oldest: say.oldest,
  newest: say.newest,
  largest: say.largest,
} as const

const groupWords = {
  tool: say.byTool,
  agent: say.byAgent,
  run: say.byRun,
  rule: say.byRule,
} satisfies Record<Grouping, string>

const dueWords = { 600: say.below10Minutes, 3600: say.belowAnHour } satisfies Record<
  (typeof shownDues)[number],
  string
>

/**
 * Tabs and filters over the list; all of it is in the address, works at once by a choice, while a tool is typed, and by
 * Enter alone.
 */
export function FilterBar(props: FilterBarProps) {
  const { project, filter, agents, hasShares, saved, pendingCount, search, className } = props
  const isDecided = filter.status !== undefined
  // Said by the usual order, where without a word a view may come.
  const whole: QueueFilter = saved.views.length > 0 ? { sort: 'deadline' } : {}
  const { fields, isGoing, leave, go, send, choose, write, type } = useFilterFields(project, filter, whole)
  const [isNaming, setNaming] = useState(false)
  const form = useKeptFocus()
  const { rules, onReach } = useRules(project)
  const isCleared = !isNarrowed({ ...filter, mine: undefined })
  const choice = (name: keyof QueueFilter) => ({
    name,
    value: name === 'sort' && fields.sort === 'deadline' ? '' : (fields[name] ?? ''),
    onChange: (value: string) => choose(name, value),
  })

  return (
    <div className={`space-y-2 border-b px-3 pt-3 pb-2.5 ${className}`} aria-busy={isGoing}>
      <div className="flex items-center gap-3">
        <h1 className="text-lg font-semibold tracking-tight">{say.approvals}</h1>
        <nav aria-label={say.pendingOrDecided} className="ml-auto flex rounded-sm bg-sunken p-0.5 text-sm">
          {(['pending', 'decided'] as const).map((tab) => (
            <Link
              key={tab}
              href={pages.approvals(project, inTab(filter, tab))}
              onClick={leave}
              aria-current={isDecided === (tab === 'decided') ? 'page' : undefined}
              className="flex h-7 items-center gap-1.5 rounded-xs px-2.5 text-muted hover:text-ink aria-[current]:bg-raised
                aria-[current]:font-medium aria-[current]:text-ink aria-[current]:shadow-raised pointer-coarse:h-10"
            >
              {tab === 'pending' ? say.pending : say.decided}
              {tab === 'pending' && <span className="text-xs text-muted">{countWords(pendingCount)}</span>}
            </Link>
          ))}
        </nav>
      </div>
      {saved.views.length > 0 && (
        <ViewLinks
          project={project}
          filter={filter}
          views={saved.views}
          whole={whole}
          look={viewLook}
          onGo={leave}
        />
      )}
      <search aria-label={say.filterApprovals}>
        <form
          ref={form}
          action={pages.approvals(project)}
          autoComplete="off"
          onSubmit={(event) => {
            event.preventDefault()
            send()
          }}
          className={`grid items-center gap-1.5 ${
            isDecided ? 'grid-cols-2 sm:grid-cols-3' : 'grid-cols-3 sm:max-[1099px]:grid-cols-6'
          }`}
        >
          <label
            className={`relative ${isDecided ? 'col-span-full' : 'col-span-2 sm:max-[1099px]:col-span-5'}`}
          >
            <span className="sr-only">{say.search}</span>
            <Icon
              name="search"
              className="pointer-events-none absolute inset-y-0 left-2 my-auto text-faint"
            />
            <input
              ref={search}
              name="q"
              type="search"
              aria-keyshortcuts="/"
              placeholder={say.whatToSearch}
              maxLength={200}
              value={fields.q ?? ''}
              onChange={({ target }) => write('q', target.value)}
              className="h-8 w-full rounded-sm border border-control bg-surface pr-8 pl-8 text-sm shadow-raised pointer-coarse:h-11"
            />
            <span className="pointer-events-none absolute inset-y-0 right-2 flex items-center text-muted">
              <Kbd>/</Kbd>
            </span>
          </label>
          {!isDecided && (
            <FilterChoice label={say.sort} {...choice('sort')}>
              {options(sortWords)}
            </FilterChoice>
          )}
          {!isDecided && (hasShares || fields.mine === 'true') && (
            <button
              type="button"
              aria-pressed={fields.mine === 'true'}
              title={say.whatMineIs}
              onClick={() => choose('mine', fields.mine === 'true' ? 'false' : 'true')}
              className={`${chip} ${fields.mine === 'true' ? chosen : 'border-line'}`}
            >
              {say.mine}
            </button>
          )}
          <FilterChoice label={say.agent} {...choice('agent')}>
            <option value="">{say.allAgents}</option>
            {withChosen(agents, fields.agent).map((agent) => (
              <option key={agent}>{agent}</option>
            ))}
          </FilterChoice>
          <input
            aria-label={say.tool}
            name="tool"
            placeholder={say.whichTool}
            maxLength={200}
            value={fields.tool ?? ''}
            onChange={({ target }) => type('tool', target.value)}
            className={`${chip} ${filter.tool ? chosen : 'border-line'}`}
          />
          {isDecided ? (
            <FilterChoice label={say.status} usual="decided" {...choice('status')}>
              <option value="decided">{say.allOutcomes}</option>
              {outcomes.map((status) => (
                <option key={status} value={status}>
                  {statusWord(status)}
                </option>
              ))}
            </FilterChoice>
          ) : (
            <>
              <FilterChoice label={say.rule} onReach={onReach} {...choice('rule')}>
                <option value="">{say.allRules}</option>
                {withChosen(rules, fields.rule).map((rule) => (
                  <option key={rule}>{rule}</option>
                ))}
              </FilterChoice>
              <FilterChoice label={say.due} {...choice('due')}>
                <option value="">{say.anyTime}</option>
                {options(dueWords)}
              </FilterChoice>
              <FilterChoice label={say.cue} isLong {...choice('cue')}>
                <option value="">{say.cuesChoice}</option>
                {options(say.cues)}
              </FilterChoice>
              <FilterChoice label={say.group} {...choice('group')}>
                <option value="">{say.noGroups}</option>
                {options(groupWords)}
              </FilterChoice>
            </>
          )}
          <Button type="submit" className="sr-only focus:not-sr-only focus:inline-flex focus:h-7 focus:px-3">
            {say.apply}
          </Button>
          {!isCleared && (
            <Button
              variant="ghost"
              size="sm"
              className="justify-self-start"
              onClick={() =>
                go(isDecided ? inTab({}, 'decided') : { ...whole, ...(filter.mine && { mine: filter.mine }) })
              }
            >
              {say.clearFilters}
            </Button>
          )}
          {(!isCleared || saved.views.length > 0) && (
            <Button variant="ghost" size="sm" className="justify-self-start" onClick={() => setNaming(true)}>
              {say.views}
            </Button>
          )}
        </form>
      </search>
      {isNaming && (
        <ViewsDialog
          project={project}
          filter={saved.isMineImplied ? given({ ...filter, mine: undefined }) : filter}
          {...saved}
          onClose={() => setNaming(false)}
        />
      )}
    </div>
  )
}

const viewLook = `inline-flex h-7 max-w-full items-center gap-1.5 rounded-full border border-line px-2.5 text-xs hover:bg-hover
  aria-[current]:border-accent aria-[current]:bg-accent-soft aria-[current]:text-accent pointer-coarse:h-11`

function options(words: Record<string, string>) {
  return Object.entries(words).map(([value, word]) => (
    <option key={value} value={value}>
      {word}
    </option>
  ))
}

function withChosen(all: string[], chosenOne: string | undefined): string[] {
  return !chosenOne || all.includes(chosenOne) ? all : [...all, chosenOne]
}
