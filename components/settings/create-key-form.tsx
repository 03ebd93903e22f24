'use client'

import { useState } from 'react'
import { scopes, type Scope } from '@/lib/context'
import type { CreateAgentKeyInput, CreatedKey, CreateTokenInput } from '@/lib/keys/schemas'
import { keyWarnings } from '@/lib/keys/warnings'
import * as say from '@/words/settings/create-key-form'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { CheckboxField } from '../ui/checkbox-field'
import { FieldError } from '../ui/field'
import { SelectField } from '../ui/select-field'
import { TextField } from '../ui/text-field'
import { Notice } from '../ui/notice'
import { errorOf, TroubleNotice, type Trouble } from '../ui/trouble'
import { useAction, type Action } from '../ui/use-action'
import { NewToken } from './new-token'

const meanings: Record<Scope, string> = {
  run: say.mayRun,
  deploy: say.mayDeploy,
  read: say.mayRead,
}

const lifetimes = [
  { days: 30, name: say.in30Days },
  { days: 90, name: say.in90Days },
  { days: 365, name: say.inAYear },
  { days: 0, name: say.neverExpires },
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

  function open() {
    setMade(null)
    setIsOpen(true)
  }

  return (
    <>
      <Button onClick={open}>{say.newKey[maker.kind]}</Button>
      <Dialog
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        title={made ? say.isMade(made.name) : say.newKey[maker.kind]}
        description={made ? say.copyNow : undefined}
      >
        {made ? (
          <NewToken made={made} appUrl={appUrl} agent={agent} onClose={() => setIsOpen(false)} />
        ) : (
          <Fields project={project} maker={maker} onMade={setMade} />
        )}
      </Dialog>
    </>
  )
}

type FieldsProps = { project: string; maker: MakeKey; onMade: (key: CreatedKey) => void }

function Fields({ project, maker, onMade }: FieldsProps) {
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<Scope[]>(['run'])
  const [days, setDays] = useState(usualDays)
  const { isBusy, trouble, send } = useAction(make, { done: say.isMadeNow(name), onDone: onMade })

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
        label={say.name}
        hint={say.nameHint}
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={errorOf(trouble, 'name')}
      />
      {maker.kind === 'agent' && <ScopeFields chosen={chosen} onChange={setChosen} trouble={trouble} />}
      <SelectField
        label={say.expires}
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
          {say.makeKey[maker.kind]}
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
      <legend className="mb-1 text-sm font-medium">{say.scopes}</legend>
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
