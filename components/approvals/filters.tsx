'use client'

import { useRef } from 'react'
import { outcomes } from '@/lib/approvals/statuses'
import { pages } from '@/lib/paths'
import { statusWord } from '../ui/badge'
import { Button } from '../ui/button'
import { SelectField, TextField } from '../ui/field'
import { useFilter } from '../ui/use-filter'
import { queueFields, type QueueFilter } from './filter'

type QueueFiltersProps = { project: string; filter: QueueFilter; agents: string[] }

/** A plain form over the page's address: it works by Enter alone, and at once when a choice is made. */
export function QueueFilters({ project, filter, agents }: QueueFiltersProps) {
  const form = useRef<HTMLFormElement>(null)
  const { isPending, applyForm, clear } = useFilter(queueFields, (next) => pages.approvals(project, next))
  const apply = () => applyForm(form.current)

  return (
    <search aria-label="Filter approvals" aria-busy={isPending} className="w-full sm:w-auto">
      <form
        ref={form}
        key={pages.approvals(project, filter)}
        action={pages.approvals(project)}
        onSubmit={(event) => {
          event.preventDefault()
          apply()
        }}
        className="grid w-full grid-cols-2 items-center gap-2 sm:flex sm:w-auto"
      >
        <TextField
          label="Search"
          isLabelHidden
          name="q"
          type="search"
          placeholder="Search params, tools, ids…"
          maxLength={200}
          defaultValue={filter.q}
          frameClassName="col-span-2 sm:w-56"
        />
        <TextField
          label="Tool"
          isLabelHidden
          name="tool"
          placeholder="Tool, or pay.*"
          maxLength={200}
          defaultValue={filter.tool}
          onBlur={(event) => event.target.value !== (filter.tool ?? '') && apply()}
          frameClassName="col-span-2 sm:w-44"
        />
        <SelectField
          label="Agent"
          isLabelHidden
          name="agent"
          defaultValue={filter.agent ?? ''}
          onChange={apply}
        >
          <option value="">All agents</option>
          {withChosen(agents, filter.agent).map((agent) => (
            <option key={agent}>{agent}</option>
          ))}
        </SelectField>
        <SelectField
          label="Status"
          isLabelHidden
          name="status"
          defaultValue={filter.status ?? ''}
          onChange={apply}
        >
          <option value="">All outcomes</option>
          {outcomes.map((status) => (
            <option key={status} value={status}>
              {statusWord(status)}
            </option>
          ))}
        </SelectField>
        <Button type="submit" className="sr-only focus:not-sr-only focus:inline-flex focus:h-8 focus:px-3">
          Apply
        </Button>
        {Object.keys(filter).length > 0 && (
          <Button variant="ghost" onClick={clear} className="col-span-2">
            Clear filters
          </Button>
        )}
      </form>
    </search>
  )
}

function withChosen(agents: string[], chosen: string | undefined): string[] {
  return chosen === undefined || agents.includes(chosen) ? agents : [...agents, chosen]
}
