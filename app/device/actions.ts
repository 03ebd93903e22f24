'use server'

import { redirect } from 'next/navigation'
import { z } from 'zod'
import { confirmDeviceLogin, denyDeviceLogin } from '@/lib/device-login/settle'
import { AppError } from '@/lib/errors'
import { readForm } from '@/lib/http/input'
import { pages } from '@/lib/paths'
import { formResult, type FormState } from '@/lib/sign-in/form-state'
import { findMemberContext, findUser, pageDatabase } from '@/lib/sign-in/session'

const Answer = z.object({
  code: z.string().max(100),
  project: z.string().max(200),
  answer: z.enum(['allow', 'deny']),
})

/** Open to whoever is signed in: lets a command act as them in one of their projects, or tells it no. */
export async function answerDevice(_: FormState, form: FormData): Promise<FormState> {
  return formResult(async (origin) => {
    const { code, project, answer } = readForm(Answer, form)
    if (answer === 'deny') {
      if (!(await findUser())) throw signedOut()
      await denyDeviceLogin(pageDatabase(), code)
      redirect(pages.device({ done: 'denied' }))
    }
    const ctx = await findMemberContext(project, origin)
    if (ctx === 'signed_out') throw signedOut()
    if (ctx === 'not_found') throw new AppError('invalid_input', 'Choose one of your projects.')
    await confirmDeviceLogin(ctx, { code })
    redirect(pages.device({ done: 'allowed' }))
  })
}

function signedOut(): AppError {
  return new AppError('unauthenticated', 'You are signed out; sign in and try again.')
}
