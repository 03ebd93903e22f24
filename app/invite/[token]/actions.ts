'use server'

import { redirect } from 'next/navigation'
import { z } from 'zod'
import { acceptInvitation } from '@/lib/members/accept-invitation'
import { signIn } from '@/lib/members/sign-in'
import { formResult, type FormState } from '@/lib/sign-in/form-state'
import { readForm } from '@/lib/http/input'
import { findUser, pageDatabase, sessionHash } from '@/lib/sign-in/session'
import { setSessionCookie } from '@/lib/sign-in/session-cookie'

const AcceptForm = z.object({ token: z.string().max(200) })

/** Open to whoever holds an invitation's token, which it spends: makes its person a member and signs them in. */
export async function acceptInvite(_: FormState, form: FormData): Promise<FormState> {
  return formResult(async (origin) => {
    const { token } = readForm(AcceptForm, form)
    const db = pageDatabase()
    const [user, hash] = await Promise.all([findUser(), sessionHash()])
    const signedIn = user && hash !== undefined ? { userId: user.id, sessionToken: hash } : null
    const joined = await acceptInvitation(db, token, signedIn)
    if (joined.needsSession) await setSessionCookie(db, await signIn(db, joined.user, 'invitation', origin))
    redirect(`/${joined.project.slug}/approvals`)
  })
}
