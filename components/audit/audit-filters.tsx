'use client'

import { useRef, useState } from 'react'
import { auditActions } from '@/lib/audit/actions'
import { pages } from '@/lib/paths'
import { Button } from '../ui/button'
import { SelectField, TextField } from '../ui/field'
import { useFilter } from '../ui/use-filter'
import { auditFields, type AuditFilter } from './filter'

type AuditFiltersProps = { project: string; filter: AuditFilter }

/** A plain form over the page's address; a choice of action takes effect at once. */
export function AuditFilters({ project, filter }: AuditFiltersProps) {
  const form = useRef<HTMLFormElement>(null)
  const { isPending, applyForm, clear } = useFilter(auditFields, (next) => pages.audit(project, next))
  const apply = () => applyForm(form.current)
  const [isOpen, setIsOpen] = useState(Object.keys(filter).some((name) => name !== 'action'))
  const further = isOpen ? '' : 'max-sm:hidden'

  return (
    <search aria-label="Filter the audit log" aria-busy={isPending} className="mb-3 block">
      <form
        ref={form}
        key={pages.audit(project, filter)}
        action={pages.audit(project)}
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
          {Object.keys(filter).length > 0 && (
            <Button variant="ghost" onClick={clear}>
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
