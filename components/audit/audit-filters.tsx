'use client'

import { useRouter } from 'next/navigation'
import { useRef, useState, useTransition } from 'react'
import { auditActions } from '@/lib/audit/actions'
import { Button } from '../ui/button'
import { SelectField, TextField } from '../ui/field'
import { readAuditFilter, writeAuditFilter, type AuditQuery } from './filter'

type AuditFiltersProps = { project: string; filter: AuditQuery }

/** A plain form over the page's address; a choice of action takes effect at once. */
export function AuditFilters({ project, filter }: AuditFiltersProps) {
  const router = useRouter()
  const form = useRef<HTMLFormElement>(null)
  const [isPending, startTransition] = useTransition()
  const path = `/${project}/audit`
  const written = writeAuditFilter(filter)
  const [isOpen, setIsOpen] = useState(Object.keys(filter).some((name) => name !== 'action'))
  const further = isOpen ? '' : 'max-sm:hidden'

  function apply() {
    if (!form.current) return
    const values = Object.fromEntries(
      [...new FormData(form.current)].map(([name, value]) => [name, String(value)]),
    )
    const query = writeAuditFilter(readAuditFilter(values))
    startTransition(() => router.replace(query ? `${path}?${query}` : path, { scroll: false }))
  }

  return (
    <search aria-label="Filter the audit log" aria-busy={isPending} className="mb-3 block">
      <form
        ref={form}
        key={written}
        action={path}
        onSubmit={(event) => {
          event.preventDefault()
          apply()
        }}
        className="grid grid-cols-2 items-end gap-2 sm:grid-cols-3 xl:grid-cols-[minmax(11rem,1.2fr)_1fr_1fr_auto_auto_auto]"
      >
        <SelectField
          label="Action"
          name="action"
          defaultValue={filter.action ?? ''}
          onChange={apply}
          frameClassName="col-span-2 sm:col-span-1"
        >
          <option value="">All actions</option>
          {auditActions.map((action) => (
            <option key={action}>{action}</option>
          ))}
        </SelectField>
        <TextField
          label="Actor id"
          name="actor"
          maxLength={200}
          placeholder="usr_… or key_…"
          defaultValue={filter.actor}
          autoComplete="off"
          spellCheck={false}
          frameClassName={further}
        />
        <TextField
          label="Target id"
          name="target"
          maxLength={200}
          placeholder="apr_…, agt_…"
          defaultValue={filter.target}
          autoComplete="off"
          spellCheck={false}
          frameClassName={further}
        />
        <TextField
          label="Since (UTC)"
          name="since"
          type="datetime-local"
          defaultValue={fieldTime(filter.since)}
          frameClassName={`col-span-2 sm:col-span-1 ${further}`}
        />
        <TextField
          label="Until (UTC)"
          name="until"
          type="datetime-local"
          defaultValue={fieldTime(filter.until)}
          frameClassName={`col-span-2 sm:col-span-1 ${further}`}
        />
        <div className="col-span-2 flex gap-2 sm:col-span-1">
          <Button type="submit" className={further}>
            Filter
          </Button>
          {!isOpen && (
            <Button variant="ghost" onClick={() => setIsOpen(true)} className="sm:hidden">
              More filters
            </Button>
          )}
          {written !== '' && (
            <Button
              variant="ghost"
              onClick={() => startTransition(() => router.replace(path, { scroll: false }))}
            >
              Clear
            </Button>
          )}
        </div>
      </form>
    </search>
  )
}

/** As a date field wants it: to the minute where it is one. */
function fieldTime(at: string | undefined): string | undefined {
  return at?.slice(0, at.slice(16, 24) === ':00.000Z' ? 16 : 23)
}
