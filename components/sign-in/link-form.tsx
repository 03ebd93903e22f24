'use client'

import { useActionState, useState } from 'react'
import { Button } from '@/components/ui/button'
import { TextField } from '@/components/ui/text-field'
import { Notice } from '@/components/ui/notice'
import { errorOf, TroubleNotice } from '@/components/ui/trouble'
import type { FormState } from '@/lib/sign-in/form-state'
import * as say from '@/words/sign-in/link-form'

type LinkFormProps = { action: (state: FormState, form: FormData) => Promise<FormState>; returnTo: string }

const start: FormState = { isDone: false, problem: null }

/** Asks for a sign-in link by mail. The answer is the same whether or not the address is known. */
export function LinkForm({ action, returnTo }: LinkFormProps) {
  const [state, send, isBusy] = useActionState(action, start)
  const [email, setEmail] = useState('')
  return (
    <form action={send} className="space-y-4" noValidate>
      <input type="hidden" name="return_to" value={returnTo} />
      <TextField
        label={say.email}
        name="email"
        type="email"
        autoComplete="email"
        required
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        error={errorOf(state.problem, 'email')}
      />
      <Button type="submit" variant="primary" size="lg" isBusy={isBusy} className="w-full">
        {say.sendMeALink}
      </Button>
      <TroubleNotice trouble={state.problem} />
      <output className="block">
        {state.isDone && !isBusy && <Notice tone="ok">{say.linkIsOnItsWay(email || say.thisAddress)}</Notice>}
      </output>
    </form>
  )
}
