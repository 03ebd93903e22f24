'use client'

import { useRouter } from 'next/navigation'
import { useRef, useTransition } from 'react'
import { Button } from '../ui/button'
import { SelectField, TextField } from '../ui/field'
import { readQueueFilter, writeQueueFilter, type QueueFilter } from './input'

type QueueFiltersProps = { project: string; filter: QueueFilter; agents: string[] }

/** A plain form over the page's address: it works by Enter alone, and at once when a choice is made. */
export function QueueFilters({ project, filter, agents }: QueueFiltersProps) {
  const router = useRouter()
  const form = useRef<HTMLFormElement>(null)
  const [isPending, startTransition] = useTransition()
  const path = `/${project}/approvals`

  function apply() {
    if (!form.current) return
    const values = Object.fromEntries(
      [...new FormData(form.current)].map(([name, value]) => [name, String(value)]),
    )
    const query = writeQueueFilter(readQueueFilter(values))
    startTransition(() => router.replace(query ? `${path}?${query}` : path, { scroll: false }))
  }
  const isFiltered = Object.values(filter).some(Boolean)

  return (
    <search aria-label="Filter approvals" aria-busy={isPending} className="w-full sm:w-auto">
      <form
        ref={form}
        key={writeQueueFilter(filter)}
        action={path}
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
          placeholder="Tool, exact name"
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
          <option value="approved">Approved</option>
          <option value="rejected">Rejected</option>
          <option value="expired">Expired</option>
          <option value="cancelled">Cancelled</option>
        </SelectField>
        <Button type="submit" className="sr-only focus:not-sr-only focus:inline-flex focus:h-8 focus:px-3">
          Apply
        </Button>
        {isFiltered && (
          <Button
            variant="ghost"
            onClick={() => startTransition(() => router.replace(path, { scroll: false }))}
            className="col-span-2"
          >
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
