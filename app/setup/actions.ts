'use server'

import { redirect } from 'next/navigation'
import { z } from 'zod'
import { settings } from '@/lib/env'
import { AppError } from '@/lib/errors'
import { EmailText, NameText } from '@/lib/members/schemas'
import { setUp } from '@/lib/members/set-up'
import { signIn } from '@/lib/members/sign-in'
import { formResult, type FormState } from '@/lib/sign-in/form-state'
import { readForm } from '@/lib/http/input'
import { pageDatabase } from '@/lib/sign-in/session'
import { setSessionCookie } from '@/lib/sign-in/session-cookie'
import { isSetupCode } from '@/lib/sign-in/setup-code'

const SetUpForm = z.object({ code: z.string().max(200), email: EmailText, name: NameText, project: NameText })

/**
 * Open to whoever holds the set-up code, while nobody is known yet: makes the owner and the first project.
 */
export async function setUpHoldpoint(_: FormState, form: FormData): Promise<FormState> {
  return formResult(async (origin) => {
    const { code, email, name, project: projectName } = readForm(SetUpForm, form)
    if (!isSetupCode(settings().authSecret, code)) {
      throw new AppError('forbidden', 'The code in the address is not the one on the terminal of the server.')
    }
    const db = pageDatabase()
    const { user, project } = await setUp(db, { email, name, projectName })
    await setSessionCookie(db, await signIn(db, user, 'set_up', origin))
    redirect(`/${project.slug}/approvals`)
  })
}
