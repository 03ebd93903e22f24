'use client'

import { useState } from 'react'
import type { QuietHours, Weekday } from '@/lib/notices/quiet-hours'
import * as say from '@/words/settings/notifications/quiet-hours-form'
import { Button } from '../../ui/button'
import { useIsHydrated } from '../../ui/clock'
import { FieldError } from '../../ui/field'
import { SelectField } from '../../ui/select-field'
import { TextField } from '../../ui/text-field'
import { useClockChoice } from '../../ui/time'
import { errorOf, TroubleNotice, type Trouble } from '../../ui/trouble'
import { useAction, type Action } from '../../ui/use-action'

type QuietHoursFormProps = {
  slug: string
  /** Null where the person has said nothing. */
  hours: QuietHours | null
  save: Action<QuietHours, QuietHours>
}

type Period = QuietHours['periods'][number]

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const satisfies Weekday[]
/** What is offered, one after the other: every night, then whole weekends. */
const offered: Period[] = [
  { days: [...days], from: '22:00', to: '07:00' },
  { days: ['sat', 'sun'], from: '00:00', to: '00:00' },
]
const mostPeriods = 3

/** When the person is told of nothing that can wait; without a period, never. */
export function QuietHoursForm({ slug, hours, save }: QuietHoursFormProps) {
  const { zone: shown } = useClockChoice()
  const [periods, setPeriods] = useState<Period[]>(hours?.periods ?? [])
  const [zone, setZone] = useState(hours?.zone)
  const own = shown === 'utc' ? 'UTC' : new Intl.DateTimeFormat().resolvedOptions().timeZone
  const chosen = zone ?? own
  // The server and the browser do not know the same zones.
  const others = useIsHydrated() ? [own, 'UTC', ...Intl.supportedValuesOf('timeZone')] : []
  const { isBusy, trouble, send } = useAction(save, {
    done: ({ periods: saved }) => (saved.length === 0 ? say.noQuietHours : say.quietHoursAreSaved),
    onDone: (saved) => setPeriods(saved.periods),
  })

  return (
    <form
      noValidate
      autoComplete="off"
      aria-label={say.quietHours}
      className="max-w-lg space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        send(slug, { zone: chosen, periods })
      }}
    >
      {periods.map((period, at) => (
        <PeriodFields
          // Periods have nothing else by which to know them.
          key={at}
          at={at}
          period={period}
          trouble={trouble}
          onChange={(next) => setPeriods(periods.map((one, i) => (i === at ? next : one)))}
          onRemove={() => setPeriods(periods.filter((_, i) => i !== at))}
        />
      ))}
      {errorOf(trouble, 'periods') && <FieldError>{errorOf(trouble, 'periods')}</FieldError>}
      {periods.length < mostPeriods && (
        <Button size="sm" onClick={() => setPeriods([...periods, offered[Math.min(periods.length, 1)]!])}>
          {periods.length === 0 ? say.addQuietHours : say.addMore}
        </Button>
      )}
      {periods.length > 0 && (
        <SelectField
          label={say.byTheClockOf}
          value={chosen}
          onChange={({ target }) => setZone(target.value)}
          error={errorOf(trouble, 'zone')}
          frameClassName="w-80 max-w-full"
        >
          {[...new Set([chosen, ...others])].map((name) => (
            <option key={name}>{name}</option>
          ))}
        </SelectField>
      )}
      <TroubleNotice trouble={trouble} />
      {(periods.length > 0 || hours !== null) && (
        <Button type="submit" variant="primary" isBusy={isBusy}>
          {say.saveQuietHours}
        </Button>
      )}
    </form>
  )
}

type PeriodFieldsProps = {
  at: number
  period: Period
  trouble: Trouble | null
  onChange: (period: Period) => void
  onRemove: () => void
}

function PeriodFields({ at, period, trouble, onChange, onRemove }: PeriodFieldsProps) {
  const { days: chosen, from, to } = period
  const error = (field: string) => errorOf(trouble, `periods/${at}/${field}`)
  return (
    <fieldset className="space-y-3 rounded-md border border-line p-3">
      <legend className="sr-only">{say.quietHoursNumber(at + 1)}</legend>
      <fieldset className="flex flex-wrap gap-1">
        <legend className="sr-only">{say.daysOnWhichTheyBegin}</legend>
        {days.map((day) => (
          <label
            key={day}
            className="relative rounded-sm border border-control bg-surface px-2 py-1 text-xs text-muted hover:text-ink
              has-checked:border-accent has-checked:bg-accent-soft has-checked:font-medium has-checked:text-accent
              has-focus-visible:outline-2 has-focus-visible:outline-accent pointer-coarse:py-2"
          >
            <input
              type="checkbox"
              aria-label={say.days[day].name}
              checked={chosen.includes(day)}
              onChange={({ target }) =>
                onChange({
                  ...period,
                  days: target.checked ? [...chosen, day] : chosen.filter((one) => one !== day),
                })
              }
              className="sr-only"
            />
            {say.days[day].short}
          </label>
        ))}
      </fieldset>
      {error('days') && <FieldError>{error('days')}</FieldError>}
      <div className="flex flex-wrap items-start gap-3">
        <TextField
          label={say.from}
          type="time"
          value={from}
          onChange={({ target }) => onChange({ ...period, from: target.value })}
          error={error('from')}
          frameClassName="w-32"
        />
        <TextField
          label={say.to}
          type="time"
          value={to}
          onChange={({ target }) => onChange({ ...period, to: target.value })}
          hint={to <= from ? say.onTheNextDay : undefined}
          error={error('to')}
          frameClassName="w-32"
        />
        <Button
          variant="ghost"
          onClick={onRemove}
          aria-label={say.removeQuietHours(at + 1)}
          className="ml-auto sm:mt-6"
        >
          {say.remove}
        </Button>
      </div>
    </fieldset>
  )
}
