'use client'

import { useState } from 'react'
import { invite } from '@/app/[project]/settings/members/actions'
import { roles, type Role } from '@/lib/context'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy-button'
import { SelectField, TextField } from '../ui/field'
import { Notice } from '../ui/page-header'
import { TroubleNotice } from './trouble-notice'
import { errorOf, useAct } from './use-act'

/** Invites one person; the link to hand over is shown this once. */
export function InviteForm({ project, hasMail }: { project: string; hasMail: boolean }) {
  const [email, setEmail] = useState('')
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('reviewer')
  const [invited, setInvited] = useState<{ email: string; url: string } | null>(null)
  const { isBusy, trouble, act } = useAct()

  async function send(event: React.FormEvent) {
    event.preventDefault()
    const input = { email, role, ...(name.trim() && { name }) }
    await act(
      () => invite(project, input),
      `Invited ${email}.`,
      ({ member, inviteUrl }) => {
        setInvited({ email: member.email, url: inviteUrl })
        setEmail('')
        setName('')
      },
    )
  }

  return (
    <div className="space-y-3">
      <form onSubmit={(event) => void send(event)} noValidate className="flex flex-wrap items-start gap-3">
        <TextField
          label="E-mail"
          type="email"
          autoComplete="off"
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          error={errorOf(trouble, 'email')}
          frameClassName="w-64 max-w-full"
        />
        <TextField
          label="Name"
          isOptional
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={errorOf(trouble, 'name')}
          frameClassName="w-48 max-w-full"
        />
        <RoleField value={role} onChange={setRole} />
        <Button type="submit" variant="primary" isBusy={isBusy} className="mt-6">
          Invite
        </Button>
      </form>
      <TroubleNotice trouble={trouble} />
      <output className="block">
        {invited && (
          <Notice tone="ok">
            <p>
              {invited.email} is invited.{' '}
              {hasMail
                ? 'Their mail is on its way; this link does the same'
                : 'Hand them this link: it works'}
              , once, for seven days:
            </p>
            <p className="mt-1 flex items-center gap-2">
              <code className="code min-w-0 wrap-anywhere">{invited.url}</code>
              <CopyButton text={invited.url} label="Copy the invitation's link" />
            </p>
          </Notice>
        )}
      </output>
    </div>
  )
}

/** Chooses a role, the weakest first. */
export function RoleField({ value, onChange }: { value: Role; onChange: (role: Role) => void }) {
  return (
    <SelectField
      label="Role"
      value={value}
      onChange={(event) => onChange(event.target.value as Role)}
      frameClassName="w-36"
    >
      {roles.map((role) => (
        <option key={role}>{role}</option>
      ))}
    </SelectField>
  )
}
