'use client'

import { useActionState } from 'react'
import { Button } from '@/components/ui/button'
import { roleWord } from '@/components/ui/role-word'
import { SelectField } from '@/components/ui/select-field'
import { TroubleNotice } from '@/components/ui/trouble'
import type { Role } from '@/lib/context'
import type { FormState } from '@/lib/sign-in/form-state'
import * as say from '@/words/sign-in/device-form'

type DeviceFormProps = {
  action: (state: FormState, form: FormData) => Promise<FormState>
  code: string
  projects: { slug: string; name: string; role: Role }[]
}

const start: FormState = { isDone: false, problem: null }

/** Says yes or no to a command that asks to act as the person; nothing is said by itself. */
export function DeviceForm({ action, code, projects }: DeviceFormProps) {
  const [state, send, isBusy] = useActionState(action, start)
  const [only] = projects
  return (
    <form action={send} className="space-y-4" autoComplete="off">
      <input type="hidden" name="code" value={code} />
      {projects.length === 1 ? (
        <input type="hidden" name="project" value={only?.slug} />
      ) : (
        <SelectField label={say.project} name="project" required>
          {projects.map(({ slug, name, role }) => (
            <option key={slug} value={slug}>
              {name} ({roleWord(role)})
            </option>
          ))}
        </SelectField>
      )}
      <div className="flex gap-3">
        <Button type="submit" name="answer" value="deny" size="lg" isBusy={isBusy} className="flex-1">
          {say.deny}
        </Button>
        <Button
          type="submit"
          name="answer"
          value="allow"
          variant="primary"
          size="lg"
          isBusy={isBusy}
          className="flex-1"
        >
          {say.letItActAsMe}
        </Button>
      </div>
      <TroubleNotice trouble={state.problem} />
    </form>
  )
}
