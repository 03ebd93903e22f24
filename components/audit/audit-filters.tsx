'use client'

import { useId, useRef, useState } from 'react'
import type { AuditName } from '@/lib/audit/match-name'
import { auditActions } from '@/lib/audit/actions'
import { pages } from '@/lib/paths'
import * as say from '@/words/audit/audit-filters'
import { Button } from '../ui/button'
import { zoneWords, type ClockChoice } from '../ui/duration'
import { SelectField } from '../ui/select-field'
import { TextField } from '../ui/text-field'
import { useClockChoice } from '../ui/time'
import { useFilter } from '../ui/use-filter'
import type { AuditFilter } from './filter'

type AuditFiltersProps = {
  project: string
  filter: AuditFilter
  /** Whom and what the fields offer. */
  names: AuditName[]
  /** The names of whom the filter means by id. */
  shown: { actor?: string; target?: string }
}

/** A plain form over the page's address; a choice of action takes effect at once. */
export function AuditFilters({ project, filter, names, shown }: AuditFiltersProps) {
  const id = useId()
  const form = useRef<HTMLFormElement>(null)
  const { isPending, apply: applyValues, clear } = useFilter((next) => pages.audit(project, next))
  const { zone } = useClockChoice()
  const apply = () => form.current && applyValues(valuesOf(form.current, zone))
  const [isOpen, setIsOpen] = useState(Object.keys(filter).some((name) => name !== 'action'))
  const further = isOpen ? '' : 'max-sm:hidden'

  return (
    <search aria-label={say.filterTheAuditLog} aria-busy={isPending} className="mb-3 block">
      <form
        ref={form}
        key={pages.audit(project, filter)}
        action={pages.audit(project)}
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault()
          apply()
        }}
        className="grid grid-cols-2 items-end gap-2 sm:grid-cols-3 xl:grid-cols-[minmax(11rem,1.2fr)_1fr_1fr_auto_auto_auto]"
      >
        <SelectField
          label={say.action}
          name="action"
          defaultValue={filter.action ?? ''}
          onChange={apply}
          frameClassName="col-span-2 sm:col-span-1"
        >
          <option value="">{say.allActions}</option>
          {auditActions.map((action) => (
            <option key={action}>{action}</option>
          ))}
        </SelectField>
        <TextField
          label={say.by}
          name="actor"
          maxLength={200}
          placeholder={say.personOrKey}
          defaultValue={shown.actor ?? filter.actor}
          list={`${id}-actors`}
          spellCheck={false}
          frameClassName={further}
        />
        <TextField
          label={say.about}
          name="target"
          maxLength={200}
          placeholder={say.nameOrId}
          defaultValue={shown.target ?? filter.target}
          list={`${id}-targets`}
          spellCheck={false}
          frameClassName={further}
        />
        <TextField
          key={`since ${zone}`}
          label={say.since(zoneWords({ zone }))}
          name="since"
          type="datetime-local"
          defaultValue={fieldTime(filter.since, zone)}
          frameClassName={`col-span-2 sm:col-span-1 ${further}`}
        />
        <TextField
          key={`until ${zone}`}
          label={say.until(zoneWords({ zone }))}
          name="until"
          type="datetime-local"
          defaultValue={fieldTime(filter.until, zone)}
          frameClassName={`col-span-2 sm:col-span-1 ${further}`}
        />
        <Names id={`${id}-actors`} names={names.filter(({ acts }) => acts)} />
        <Names id={`${id}-targets`} names={names.filter(({ kind }) => kind !== 'system')} />
        <div className="col-span-2 flex gap-2 sm:col-span-1">
          <Button type="submit" className={further}>
            {say.filter}
          </Button>
          {!isOpen && (
            <Button variant="ghost" onClick={() => setIsOpen(true)} className="sm:hidden">
              {say.moreFilters}
            </Button>
          )}
          {Object.keys(filter).length > 0 && (
            <Button variant="ghost" onClick={clear}>
              {say.clear}
            </Button>
          )}
        </div>
      </form>
    </search>
  )
}

/** What a field offers: each name once, with what it is. */
function Names({ id, names }: { id: string; names: AuditName[] }) {
  const count = (name: string) => names.filter((one) => one.name === name).length
  return (
    <datalist id={id}>
      {names.map(({ id: key, name, also, kind }) => (
        <option key={key} value={count(name) > 1 ? (also ?? key) : name}>
          {also === null || also === name ? `${name} (${kind})` : `${name} (${also})`}
        </option>
      ))}
    </datalist>
  )
}

type Zone = ClockChoice['zone']

/** What the form says, its times as moments: a date field knows no zone. */
function valuesOf(form: HTMLFormElement, zone: Zone): Record<string, string> {
  const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]))
  if (zone === 'utc') return values
  const moment = (text = '') => {
    const at = new Date(text)
    return Number.isNaN(at.getTime()) ? '' : at.toISOString()
  }
  return { ...values, since: moment(values.since), until: moment(values.until) }
}

/** As a date field wants it: to the minute where it is one. */
function fieldTime(at: string | undefined, zone: Zone): string | undefined {
  if (at === undefined) return undefined
  const shiftMs = zone === 'utc' ? 0 : new Date(at).getTimezoneOffset() * 60_000
  const text = new Date(Date.parse(at) - shiftMs).toISOString()
  return text.slice(0, text.slice(16, 24) === ':00.000Z' ? 16 : 23)
}
