'use client'

import * as say from '@/words/runs/trace-filters'
import { TextField } from '../ui/text-field'
import { filterRows, traceFilters, type TraceFilter, type TraceRow } from './trace-row'

const words: Record<TraceFilter, string> = {
  all: say.all,
  tools: say.tools,
  model: say.model,
  messages: say.messages,
  failed: say.failed,
  gated: say.gated,
}

type TraceFiltersProps = {
  rows: TraceRow[]
  filter: TraceFilter
  text: string
  onFilter: (filter: TraceFilter) => void
  onText: (text: string) => void
}

/** What of the trace is shown: one kind of steps, or what holds a text; each with how many there are. */
export function TraceFilters({ rows, filter, text, onFilter, onText }: TraceFiltersProps) {
  return (
    <search aria-label={say.filterTheTrace} className="flex flex-wrap items-center gap-1.5">
      {traceFilters.map((one) => {
        const count = filterRows(rows, one).length
        if (count === 0 && one !== 'all' && one !== filter) return null
        return (
          <button
            key={one}
            type="button"
            aria-pressed={one === filter}
            onClick={() => onFilter(one)}
            className="h-7 rounded-full border border-line-strong px-2.5 text-xs text-muted hover:bg-hover aria-pressed:border-transparent
              aria-pressed:bg-ink-solid aria-pressed:text-on-ink pointer-coarse:h-9"
          >
            {words[one]} {count}
          </button>
        )
      })}
      <TextField
        label={say.findInTheTrace}
        isLabelHidden
        type="search"
        placeholder={say.find}
        value={text}
        onChange={(event) => onText(event.target.value)}
        frameClassName="ml-auto w-40"
        className="h-7!"
      />
    </search>
  )
}
