'use client'

import { useState } from 'react'
import type { SetAbsenceInput } from '@/lib/absences/schemas'
import type { Member } from '@/lib/members/schemas'
import { Button } from '../../ui/button'
import { SelectField, TextField } from '../../ui/field'
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
  say: Action<SetAbsenceInput & { id: string }, unknown>
}

/** Away from a day to another, both whole, and who decides meanwhile. */
export function AwayForm({ project, members, own, say }: AwayFormProps) {
  const [id, setId] = useState(own.id)
  const [from, setFrom] = useState('')
  const [until, setUntil] = useState('')
  const [delegateId, setDelegateId] = useState('')
  const [fault, setFault] = useState<{ from?: string; until?: string }>({})
  const { zone } = useClockChoice()
  const isSelf = id === own.id
  const who = members.find((one) => one.id === id)
  const { isBusy, trouble, send } = useAction(say, {
    done: `${isSelf ? 'You are' : `${who?.name ?? who?.email} is`} away as said.`,
    onDone: () => {
      setFrom('')
      setUntil('')
      setDelegateId('')
    },
  })
  const others = members.filter((one) => one.id !== id && one.joined_at !== null && one.role !== 'viewer')

  function submit() {
    const missing = {
      ...(from === '' && { from: 'Say the first day.' }),
      ...(until === '' && { until: 'Say the last day.' }),
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
        aria-label="Say when somebody is away"
        className="flex flex-wrap items-start gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        {own.isOwner && members.length > 1 && (
          <SelectField
            label="Who"
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
                  {one.id === own.id ? 'I' : (one.name ?? one.email)}
                </option>
              ))}
          </SelectField>
        )}
        <TextField
          label="Away from"
          type="date"
          value={from}
          onChange={(event) => setFrom(event.target.value)}
          error={fault.from ?? errorOf(trouble, 'from')}
          frameClassName="w-40"
        />
        <TextField
          label="to"
          type="date"
          min={from || undefined}
          value={until}
          onChange={(event) => setUntil(event.target.value)}
          error={fault.until ?? errorOf(trouble, 'until')}
          hint={`That day included${zone === 'utc' ? ', by UTC' : ''}.`}
          frameClassName="w-40"
        />
        <SelectField
          label={isSelf ? 'in my place' : 'in their place'}
          value={delegateId}
          onChange={(event) => setDelegateId(event.target.value)}
          error={errorOf(trouble, 'delegate_id')}
          frameClassName="w-52 max-w-full"
        >
          <option value="">nobody</option>
          {others.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name ?? one.email}
            </option>
          ))}
        </SelectField>
        <Button type="submit" variant="primary" isBusy={isBusy} className="mt-6">
          Save absence
        </Button>
      </form>
      <TroubleNotice trouble={trouble} />
    </div>
  )
}
