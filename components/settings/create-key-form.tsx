'use client'

import { useState } from 'react'
import { scopes, type Scope } from '@/lib/context'
import type { CreateAgentKeyInput, CreatedKey, CreateTokenInput } from '@/lib/keys/schemas'
import { keyWarnings } from '@/lib/keys/warnings'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { CheckboxField, FieldError, SelectField, TextField } from '../ui/field'
import { Notice } from '../ui/page-header'
import { errorOf, TroubleNotice, type Trouble } from '../ui/trouble'
import { useAction, type Action } from '../ui/use-action'
import { NewToken } from './new-token'

const meanings: Record<Scope, string> = {
  run: 'Ask, wait, claim and record results',
  deploy: "Deploy agents' files: it may change its own policy",
  read: 'Read agents, runs, approvals and the audit log',
}

const lifetimes = [
  { days: 30, name: 'In 30 days' },
  { days: 90, name: 'In 90 days' },
  { days: 365, name: 'In a year' },
  { days: 0, name: 'Never' },
]
const usualDays = 90

/** Makes keys of the one kind or the other. */
export type MakeKey =
  | { kind: 'agent'; make: Action<CreateAgentKeyInput, CreatedKey> }
  | { kind: 'personal'; make: Action<CreateTokenInput, CreatedKey> }

/** `agent` is one that the project has, to try the key with. */
type CreateKeyFormProps = { project: string; appUrl: string; agent: string | undefined } & MakeKey

/** A button that opens the form for a new key; its token is shown once, in the same dialog. */
export function CreateKeyForm({ project, appUrl, agent, ...maker }: CreateKeyFormProps) {
  const [isOpen, setIsOpen] = useState(false)
  const [made, setMade] = useState<CreatedKey | null>(null)
  const words = maker.kind === 'agent' ? 'agent key' : 'personal token'

  function open() {
    setMade(null)
    setIsOpen(true)
  }

  return (
    <>
      <Button onClick={open}>New {words}</Button>
      <Dialog
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        title={made ? `${made.name} is made` : `New ${words}`}
        description={made ? 'Copy the token now: it is not shown again.' : undefined}
      >
        {made ? (
          <NewToken made={made} appUrl={appUrl} agent={agent} onClose={() => setIsOpen(false)} />
        ) : (
          <Fields project={project} maker={maker} words={words} onMade={setMade} />
        )}
      </Dialog>
    </>
  )
}

type FieldsProps = { project: string; maker: MakeKey; words: string; onMade: (key: CreatedKey) => void }

function Fields({ project, maker, words, onMade }: FieldsProps) {
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<Scope[]>(['run'])
  const [days, setDays] = useState(usualDays)
  const { isBusy, trouble, send } = useAction(make, { done: `${name} is made.`, onDone: onMade })

  function make() {
    const expires_at = days === 0 ? null : new Date(Date.now() + days * 86_400_000).toISOString()
    return maker.kind === 'agent'
      ? maker.make(project, { name, scopes: chosen, expires_at })
      : maker.make(project, { name, expires_at })
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
      noValidate
      className="space-y-4"
    >
      <TextField
        label="Name"
        hint="What uses it, such as Order agent, production."
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={errorOf(trouble, 'name')}
      />
      {maker.kind === 'agent' && <ScopeFields chosen={chosen} onChange={setChosen} trouble={trouble} />}
      <SelectField
        label="Expires"
        value={days}
        onChange={(event) => setDays(Number(event.target.value))}
        error={errorOf(trouble, 'expires_at')}
      >
        {lifetimes.map((lifetime) => (
          <option key={lifetime.days} value={lifetime.days}>
            {lifetime.name}
          </option>
        ))}
      </SelectField>
      <TroubleNotice trouble={trouble} />
      <div className="flex justify-end">
        <Button type="submit" variant="primary" isBusy={isBusy}>
          Make {words}
        </Button>
      </div>
    </form>
  )
}

type ScopeFieldsProps = { chosen: Scope[]; onChange: (scopes: Scope[]) => void; trouble: Trouble | null }

function ScopeFields({ chosen, onChange, trouble }: ScopeFieldsProps) {
  const error = errorOf(trouble, 'scopes')
  return (
    <fieldset className="space-y-2" aria-describedby={error ? 'scopes-error' : undefined}>
      <legend className="mb-1 text-sm font-medium">Scopes</legend>
      {scopes.map((scope) => (
        <CheckboxField
          key={scope}
          label={scope}
          hint={meanings[scope]}
          checked={chosen.includes(scope)}
          onChange={(event) =>
            onChange(event.target.checked ? [...chosen, scope] : chosen.filter((one) => one !== scope))
          }
        />
      ))}
      {error && <FieldError id="scopes-error">{error}</FieldError>}
      <div aria-live="polite">
        {keyWarnings(chosen).map(({ code, message }) => (
          <Notice key={code} tone="warn">
            {message}
          </Notice>
        ))}
      </div>
    </fieldset>
  )
}
