'use client'

import { useState } from 'react'
import { saveProject } from '@/app/[project]/settings/project/actions'
import type { ProjectDetails } from '@/lib/members/schemas'
import { Button } from '../ui/button'
import { CheckboxField, TextField } from '../ui/field'
import { Notice } from '../ui/page-header'
import { TroubleNotice } from './trouble-notice'
import { errorOf, useAct } from './use-act'

/** The project's settings. */
export function ProjectForm({ slug, project }: { slug: string; project: ProjectDetails }) {
  const [name, setName] = useState(project.name)
  const [allowsOwn, setAllowsOwn] = useState(project.allow_own_request)
  const [days, setDays] = useState(String(project.retention_days ?? ''))
  const { isBusy, trouble, act } = useAct()

  async function save(event: React.FormEvent) {
    event.preventDefault()
    const retention_days = days.trim() === '' ? null : Number(days)
    await act(
      () => saveProject(slug, { name, allow_own_request: allowsOwn, retention_days }),
      'The project’s settings are saved.',
    )
  }

  return (
    <form onSubmit={(event) => void save(event)} noValidate className="max-w-lg space-y-5">
      <TextField
        label="Name"
        hint={`The address of its pages stays /${slug}.`}
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={errorOf(trouble, 'name')}
      />
      <TextField
        label="Days to keep finished runs"
        hint="Empty: for ever. Audit entries are kept in any case."
        isOptional
        inputMode="numeric"
        value={days}
        onChange={(event) => setDays(event.target.value)}
        error={errorOf(trouble, 'retention_days')}
        frameClassName="w-64 max-w-full"
      />
      <CheckboxField
        label="People may decide on requests made on their own behalf"
        hint="Off, a member cannot decide on a run that names them as its initiator."
        checked={allowsOwn}
        onChange={(event) => setAllowsOwn(event.target.checked)}
      />
      {allowsOwn && (
        <Notice tone="warn">
          With this on, one person can both start a sensitive call and approve it: nobody else needs to look.
        </Notice>
      )}
      <TroubleNotice trouble={trouble} />
      <Button type="submit" variant="primary" isBusy={isBusy}>
        Save settings
      </Button>
    </form>
  )
}
