'use server'

import { redirect } from 'next/navigation'
import { z } from 'zod'
import { settings } from '@/lib/env'
import { mailSignInLink } from '@/lib/members/mail-sign-in-link'
import { EmailText } from '@/lib/members/schemas'
import { spendSignInToken } from '@/lib/members/sign-in-link'
import { countedAddress } from '@/lib/http/caller'
import { formResult, type FormState } from '@/lib/sign-in/form-state'
import { readForm } from '@/lib/http/input'
import { safeReturnTo } from '@/lib/sign-in/return-to'
import { setSessionCookie } from '@/lib/sign-in/session-cookie'
import { countSignIn } from '@/lib/sign-in/limit'
import { pageDatabase } from '@/lib/sign-in/session'

const LinkForm = z.object({ email: EmailText, return_to: z.unknown() })
const ConfirmForm = z.object({ token: z.string().max(200), return_to: z.unknown() })

/** Open to everybody: mails a link to whoever is known, and answers the same for whoever is not. */
export async function requestLink(_: FormState, form: FormData): Promise<FormState> {
  return formResult(async (origin) => {
    const { email, return_to: returnTo } = readForm(LinkForm, form)
    const { appUrl, rateLimitPerMinute } = settings()
    const address = countedAddress(origin.address)
    if (!countSignIn(email, address, rateLimitPerMinute, performance.now())) return
    await mailSignInLink(pageDatabase(), { email, appUrl, returnTo: safeReturnTo(returnTo), origin })
  })
}

/** Open to whoever holds a one-time token, which it spends: signs the browser in. */
export async function confirmSignIn(_: FormState, form: FormData): Promise<FormState> {
  return formResult(async (origin) => {
    const { token, return_to: returnTo } = readForm(ConfirmForm, form)
    const db = pageDatabase()
    const session = await spendSignInToken(db, token, origin)
    await setSessionCookie(db, session)
    redirect(safeReturnTo(returnTo))
  })
}
