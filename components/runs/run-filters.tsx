'use client'

import { pages } from '@/lib/paths'
import { runStatuses } from '@/lib/runs/statuses'
import { statusWord } from '../ui/badge'
import { Button } from '../ui/button'
import { SelectField } from '../ui/field'
import { useFilter } from '../ui/use-filter'
import { runFields, type RunFilter } from './filter'

type RunFiltersProps = { project: string; filter: RunFilter; agents: string[] }

/** Choices take effect at once and live in the page's address. */
export function RunFilters({ project, filter, agents }: RunFiltersProps) {
  const { isPending, apply, clear } = useFilter(runFields, (next) => pages.runs(project, next))
  const isChosenKnown = filter.agent === undefined || agents.includes(filter.agent)
  return (
    <search aria-label="Filter runs" aria-busy={isPending} className="mb-3 flex flex-wrap items-center gap-2">
      <SelectField
        label="Agent"
        isLabelHidden
        value={filter.agent ?? ''}
        onChange={(event) => apply({ ...filter, agent: event.target.value })}
      >
        <option value="">All agents</option>
        {[...agents, ...(isChosenKnown ? [] : [filter.agent])].map((agent) => (
          <option key={agent}>{agent}</option>
        ))}
      </SelectField>
      <SelectField
        label="Status"
        isLabelHidden
        value={filter.status ?? ''}
        onChange={(event) => apply({ ...filter, status: event.target.value })}
      >
        <option value="">All statuses</option>
        {runStatuses.map((status) => (
          <option key={status} value={status}>
            {statusWord(status)}
          </option>
        ))}
      </SelectField>
      {Object.keys(filter).length > 0 && (
        <Button variant="ghost" onClick={clear}>
          Clear filters
        </Button>
      )}
    </search>
  )
}
