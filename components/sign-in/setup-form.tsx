'use client'

import { useActionState } from 'react'
import { Button } from '@/components/ui/button'
import { TextField } from '@/components/ui/text-field'
import { errorOf, TroubleNotice } from '@/components/ui/trouble'
import type { FormState } from '@/lib/sign-in/form-state'
import * as say from '@/words/sign-in/setup-form'

type SetupFormProps = { action: (state: FormState, form: FormData) => Promise<FormState>; code: string }

type Filled = { state: FormState; typed: FormData | null }

const start: FormState = { isDone: false, problem: null }

const fields = [
  {
    name: 'project',
    label: say.project,
    type: 'text',
    autoComplete: 'off',
    hint: say.projectHint,
  },
  {
    name: 'name',
    label: say.yourName,
    type: 'text',
    autoComplete: 'name',
    hint: say.yourNameHint,
  },
  {
    name: 'email',
    label: say.yourEmail,
    type: 'email',
    autoComplete: 'email',
    hint: say.yourEmailHint,
  },
] as const

/** Asks for the first project and its owner. What was typed stays when something is wrong. */
export function SetupForm({ action, code }: SetupFormProps) {
  const [{ state, typed }, send, isBusy] = useActionState(
    async (_: Filled, form: FormData): Promise<Filled> => ({ state: await action(start, form), typed: form }),
    { state: start, typed: null } as Filled,
  )
  return (
    <form action={send} className="space-y-4" noValidate>
      <input type="hidden" name="code" value={code} />
      {fields.map((field) => (
        <TextField
          key={field.name}
          {...field}
          required
          defaultValue={String(typed?.get(field.name) ?? '')}
          error={errorOf(state.problem, field.name)}
        />
      ))}
      <Button type="submit" variant="primary" size="lg" isBusy={isBusy} className="w-full">
        {say.makeTheProject}
      </Button>
      <TroubleNotice trouble={state.problem} />
    </form>
  )
}
