'use client'

import { useState } from 'react'
import type { SetAbsenceInput } from '@/lib/absences/schemas'
import type { Member } from '@/lib/members/schemas'
import * as say from '@/words/settings/people/away-form'
import { Button } from '../../ui/button'
import { SelectField } from '../../ui/select-field'
import { TextField } from '../../ui/text-field'
import { useClockChoice } from '../../ui/time'
import { errorOf, TroubleNotice } from '../../ui/trouble'
import { useAction, type Action } from '../../ui/use-action'
import { dayEnds, dayStarts } from './days'

/** Who is signed in; owners say it of others too. */
export type Own = { id: string; isOwner: boolean }

type AwayFormProps = {
  project: string
  members: Member[]
  own: Own
  save: Action<SetAbsenceInput & { id: string }, unknown>
}

/** Away from a day to another, both whole, and who decides meanwhile. */
export function AwayForm({ project, members, own, save }: AwayFormProps) {
  const [id, setId] = useState(own.id)
  const [from, setFrom] = useState('')
  const [until, setUntil] = useState('')
  const [delegateId, setDelegateId] = useState('')
  const [fault, setFault] = useState<{ from?: string; until?: string }>({})
  const { zone } = useClockChoice()
  const isSelf = id === own.id
  const who = members.find((one) => one.id === id)
  const { isBusy, trouble, send } = useAction(save, {
    done: isSelf ? say.youAreAway : say.isAway(who?.name ?? who?.email ?? ''),
    onDone: () => {
      setFrom('')
      setUntil('')
      setDelegateId('')
    },
  })
  const others = members.filter((one) => one.id !== id && one.joined_at !== null && one.role !== 'viewer')

  function submit() {
    const missing = {
      ...(from === '' && { from: say.sayTheFirstDay }),
      ...(until === '' && { until: say.sayTheLastDay }),
    }
    setFault(missing)
    if (from === '' || until === '') return
    send(project, {
      id,
      from: dayStarts(from, zone),
      until: dayEnds(until, zone),
      delegate_id: delegateId === '' ? null : delegateId,
    })
  }

  return (
    <div className="space-y-3">
      <form
        noValidate
        aria-label={say.sayWhenSomebodyIsAway}
        className="flex flex-wrap items-start gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        {own.isOwner && members.length > 1 && (
          <SelectField
            label={say.who}
            value={id}
            onChange={(event) => {
              setId(event.target.value)
              setDelegateId('')
            }}
            frameClassName="w-52 max-w-full"
          >
            {members
              .filter((one) => one.joined_at !== null)
              .map((one) => (
                <option key={one.id} value={one.id}>
                  {one.id === own.id ? say.i : (one.name ?? one.email)}
                </option>
              ))}
          </SelectField>
        )}
        <TextField
          label={say.awayFrom}
          type="date"
          value={from}
          onChange={(event) => setFrom(event.target.value)}
          error={fault.from ?? errorOf(trouble, 'from')}
          frameClassName="w-40"
        />
        <TextField
          label={say.to}
          type="date"
          min={from || undefined}
          value={until}
          onChange={(event) => setUntil(event.target.value)}
          error={fault.until ?? errorOf(trouble, 'until')}
          hint={zone === 'utc' ? say.thatDayIncludedByUtc : say.thatDayIncluded}
          frameClassName="w-40"
        />
        <SelectField
          label={isSelf ? say.inMyPlace : say.inTheirPlace}
          value={delegateId}
          onChange={(event) => setDelegateId(event.target.value)}
          error={errorOf(trouble, 'delegate_id')}
          frameClassName="w-52 max-w-full"
        >
          <option value="">{say.nobody}</option>
          {others.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name ?? one.email}
            </option>
          ))}
        </SelectField>
        <Button type="submit" variant="primary" isBusy={isBusy} className="mt-6">
          {say.saveAbsence}
        </Button>
      </form>
      <TroubleNotice trouble={trouble} />
    </div>
  )
}
