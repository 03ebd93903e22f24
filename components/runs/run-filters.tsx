'use client'

import { useRouter } from 'next/navigation'
import { useTransition } from 'react'
import { statusWord } from '../ui/badge'
import { Button } from '../ui/button'
import { SelectField } from '../ui/field'
import { readRunFilter, writeRunFilter, type RunQuery } from './filter'

type RunFiltersProps = { project: string; filter: RunQuery; agents: string[] }

const statuses = ['running', 'awaiting_approval', 'completed', 'failed', 'cancelled'] as const

/** Choices take effect at once and live in the page's address. */
export function RunFilters({ project, filter, agents }: RunFiltersProps) {
  const router = useRouter()
  const [isPending, startTransition] = useTransition()
  const path = `/${project}/runs`

  function apply(change: Partial<Record<'status' | 'agent', string>>) {
    const query = writeRunFilter(readRunFilter({ ...filter, ...change }))
    startTransition(() => router.replace(query ? `${path}?${query}` : path, { scroll: false }))
  }

  return (
    <search aria-label="Filter runs" aria-busy={isPending} className="mb-3 flex flex-wrap items-center gap-2">
      <SelectField
        label="Agent"
        isLabelHidden
        value={filter.agent ?? ''}
        onChange={(event) => apply({ agent: event.target.value })}
      >
        <option value="">All agents</option>
        {(filter.agent && !agents.includes(filter.agent) ? [...agents, filter.agent] : agents).map(
          (agent) => (
            <option key={agent}>{agent}</option>
          ),
        )}
      </SelectField>
      <SelectField
        label="Status"
        isLabelHidden
        value={filter.status ?? ''}
        onChange={(event) => apply({ status: event.target.value })}
      >
        <option value="">All statuses</option>
        {statuses.map((status) => (
          <option key={status} value={status}>
            {statusWord(status)}
          </option>
        ))}
      </SelectField>
      {writeRunFilter(filter) !== '' && (
        <Button variant="ghost" onClick={() => apply({ status: '', agent: '' })}>
          Clear filters
        </Button>
      )}
    </search>
  )
}
