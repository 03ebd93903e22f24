'use client'

import { pages } from '@/lib/paths'
import { runStatuses } from '@/lib/runs/statuses'
import { statusWord } from '../ui/badge'
import { Button } from '../ui/button'
import { SelectField, TextField } from '../ui/field'
import { useFilter } from '../ui/use-filter'
import type { runSpans, RunFilter } from './filter'

const spanWords: Record<keyof typeof runSpans, string> = {
  hour: 'Last hour',
  day: 'Last 24 hours',
  week: 'Last 7 days',
  month: 'Last 30 days',
}

type RunFiltersProps = { project: string; filter: RunFilter; agents: string[] }

/** Choices take effect at once and live in the page's address. */
export function RunFilters({ project, filter, agents }: RunFiltersProps) {
  const { isPending, applyForm, clear } = useFilter((next) => pages.runs(project, next))
  const isChosenKnown = filter.agent === undefined || agents.includes(filter.agent)
  return (
    <search aria-label="Filter runs" aria-busy={isPending} className="mb-3 block">
      <form
        key={pages.runs(project, filter)}
        action={pages.runs(project)}
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault()
          applyForm(event.currentTarget)
        }}
        className="flex flex-wrap items-center gap-2"
      >
        <TextField
          label="Search runs"
          isLabelHidden
          type="search"
          name="q"
          maxLength={200}
          placeholder="Search id, initiator, input"
          defaultValue={filter.q}
          frameClassName="w-56 max-sm:w-full"
        />
        <TextField
          label="Tool"
          isLabelHidden
          name="tool"
          maxLength={200}
          placeholder="Tool, or pay.*"
          defaultValue={filter.tool}
          spellCheck={false}
          frameClassName="w-36 max-sm:flex-1"
        />
        <SelectField
          label="Agent"
          isLabelHidden
          name="agent"
          defaultValue={filter.agent ?? ''}
          onChange={(event) => applyForm(event.target.form)}
        >
          <option value="">All agents</option>
          {[...agents, ...(isChosenKnown ? [] : [filter.agent])].map((agent) => (
            <option key={agent}>{agent}</option>
          ))}
        </SelectField>
        <SelectField
          label="Status"
          isLabelHidden
          name="status"
          defaultValue={filter.status ?? ''}
          onChange={(event) => applyForm(event.target.form)}
        >
          <option value="">All statuses</option>
          {runStatuses.map((status) => (
            <option key={status} value={status}>
              {statusWord(status)}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="Begun"
          isLabelHidden
          name="since"
          defaultValue={filter.since ?? ''}
          onChange={(event) => applyForm(event.target.form)}
        >
          <option value="">Any time</option>
          {Object.entries(spanWords).map(([span, words]) => (
            <option key={span} value={span}>
              {words}
            </option>
          ))}
        </SelectField>
        <Button type="submit">Search</Button>
        {Object.keys(filter).length > 0 && (
          <Button variant="ghost" onClick={clear}>
            Clear filters
          </Button>
        )}
      </form>
    </search>
  )
}
