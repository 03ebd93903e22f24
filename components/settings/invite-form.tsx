'use client'

import { useState } from 'react'
import { roles, type Role } from '@/lib/context'
import type { InvitedMember, InviteMemberInput } from '@/lib/members/schemas'
import * as say from '@/words/settings/invite-form'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy-button'
import { SelectField } from '../ui/select-field'
import { TextField } from '../ui/text-field'
import { Notice } from '../ui/notice'
import { roleWord } from '../ui/role-word'
import { errorOf, TroubleNotice } from '../ui/trouble'
import { useAction, type Action } from '../ui/use-action'

type InviteFormProps = {
  project: string
  hasMail: boolean
  invite: Action<InviteMemberInput, InvitedMember>
}

/** Invites one person; the link to hand over is shown this once. */
export function InviteForm({ project, hasMail, invite }: InviteFormProps) {
  const [email, setEmail] = useState('')
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('reviewer')
  const [invited, setInvited] = useState<{ email: string; url: string } | null>(null)
  const { isBusy, trouble, send } = useAction(invite, {
    done: say.invited(email),
    onDone: (member) => {
      setInvited({ email: member.email, url: member.invite_url })
      setEmail('')
      setName('')
    },
  })

  return (
    <div className="space-y-3">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          send(project, { email, role, ...(name.trim() && { name }) })
        }}
        noValidate
        className="flex flex-wrap items-start gap-3"
      >
        <TextField
          label={say.email}
          type="email"
          autoComplete="off"
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          error={errorOf(trouble, 'email')}
          frameClassName="w-64 max-w-full"
        />
        <TextField
          label={say.name}
          isOptional
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={errorOf(trouble, 'name')}
          frameClassName="w-48 max-w-full"
        />
        <RoleField value={role} onChange={setRole} />
        <Button type="submit" variant="primary" isBusy={isBusy} className="mt-6">
          {say.invite}
        </Button>
      </form>
      <TroubleNotice trouble={trouble} />
      <output className="block">
        {invited && (
          <Notice tone="ok">
            <p>{(hasMail ? say.mailIsOnItsWay : say.handThemThisLink)(invited.email)}</p>
            <p className="mt-1 flex items-center gap-2">
              <code className="code min-w-0 wrap-anywhere">{invited.url}</code>
              <CopyButton text={invited.url} label={say.copyTheLink} />
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
      label={say.role}
      value={value}
      onChange={(event) => onChange(event.target.value as Role)}
      frameClassName="w-36"
    >
      {roles.map((role) => (
        <option key={role} value={role}>
          {roleWord(role)}
        </option>
      ))}
    </SelectField>
  )
}
