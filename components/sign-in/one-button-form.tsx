'use client'

import { useActionState, type ReactNode } from 'react'
import { Button } from '@/components/ui/button'
import { TroubleNotice } from '@/components/ui/trouble'
import type { FormState } from '@/lib/sign-in/form-state'

type OneButtonFormProps = {
  action: (state: FormState, form: FormData) => Promise<FormState>
  /** What the form carries unseen. */
  fields: Record<string, string>
  children: ReactNode
}

const start: FormState = { isDone: false, problem: null }

/** The one button of a page that a link opened: only pressing it spends the link. */
export function OneButtonForm({ action, fields, children }: OneButtonFormProps) {
  const [state, send, isBusy] = useActionState(action, start)
  return (
    <form action={send} className="space-y-4">
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <Button type="submit" variant="primary" size="lg" isBusy={isBusy} className="w-full">
        {children}
      </Button>
      <TroubleNotice trouble={state.problem} />
    </form>
  )
}
