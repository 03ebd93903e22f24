'use client'

import { pages } from '@/lib/paths'
import { runStatuses } from '@/lib/runs/statuses'
import * as say from '@/words/runs/run-filters'
import { statusWord } from '../ui/badge'
import { Button } from '../ui/button'
import { SelectField } from '../ui/select-field'
import { TextField } from '../ui/text-field'
import { useFilter } from '../ui/use-filter'
import type { runSpans, RunFilter } from './filter'

const spanWords: Record<keyof typeof runSpans, string> = {
  hour: say.lastHour,
  day: say.last24Hours,
  week: say.last7Days,
  month: say.last30Days,
}

type RunFiltersProps = { project: string; filter: RunFilter; agents: string[] }

/** Choices take effect at once and live in the page's address. */
export function RunFilters({ project, filter, agents }: RunFiltersProps) {
  const { isPending, applyForm, clear } = useFilter((next) => pages.runs(project, next))
  const isChosenKnown = filter.agent === undefined || agents.includes(filter.agent)
  return (
    <search aria-label={say.filterRuns} aria-busy={isPending} className="mb-3 block">
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
          label={say.searchRuns}
          isLabelHidden
          type="search"
          name="q"
          maxLength={200}
          placeholder={say.whatToSearch}
          defaultValue={filter.q}
          frameClassName="w-56 max-sm:w-full"
        />
        <TextField
          label={say.tool}
          isLabelHidden
          name="tool"
          maxLength={200}
          placeholder={say.whichTool}
          defaultValue={filter.tool}
          spellCheck={false}
          frameClassName="w-36 max-sm:flex-1"
        />
        <SelectField
          label={say.agent}
          isLabelHidden
          name="agent"
          defaultValue={filter.agent ?? ''}
          onChange={(event) => applyForm(event.target.form)}
        >
          <option value="">{say.allAgents}</option>
          {[...agents, ...(isChosenKnown ? [] : [filter.agent])].map((agent) => (
            <option key={agent}>{agent}</option>
          ))}
        </SelectField>
        <SelectField
          label={say.status}
          isLabelHidden
          name="status"
          defaultValue={filter.status ?? ''}
          onChange={(event) => applyForm(event.target.form)}
        >
          <option value="">{say.allStatuses}</option>
          {runStatuses.map((status) => (
            <option key={status} value={status}>
              {statusWord(status)}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={say.begun}
          isLabelHidden
          name="since"
          defaultValue={filter.since ?? ''}
          onChange={(event) => applyForm(event.target.form)}
        >
          <option value="">{say.anyTime}</option>
          {Object.entries(spanWords).map(([span, words]) => (
            <option key={span} value={span}>
              {words}
            </option>
          ))}
        </SelectField>
        <Button type="submit">{say.search}</Button>
        {Object.keys(filter).length > 0 && (
          <Button variant="ghost" onClick={clear}>
            {say.clearFilters}
          </Button>
        )}
      </form>
    </search>
  )
}
