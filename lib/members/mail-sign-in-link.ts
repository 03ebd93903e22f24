import type { Database } from '@/db/client'
import { findUserByEmail } from '@/db/queries/members'
import { holdpointActor, type Origin } from '@/lib/context'
import { composeSignIn } from '@/lib/notices/compose'
import { queueMail } from '@/lib/notices/email'
import { hashToken, makeSecret } from '@/lib/tokens'
import { keepSignInToken, recordLink, signInLinkMinutes, signInUrl } from './sign-in-link'

/**
 * Mails a one-time sign-in link to a known person. For an unknown e-mail nothing is written, and nothing in
 * the answer tells the two apart; the mail, which takes most of the time, is composed for both.
 * @param input.returnTo a path that was checked to be ours
 */
export async function mailSignInLink(
  db: Database,
  input: { email: string; appUrl: string; returnTo: string; origin?: Origin },
): Promise<void> {
  const token = makeSecret()
  const url = signInUrl(input.appUrl, token, input.returnTo === '/' ? undefined : input.returnTo)
  const mail = await composeSignIn({ email: input.email, url, minutes: signInLinkMinutes })
  const user = await findUserByEmail(db, input.email)
  if (!user) return
  await db.transaction(async (tx) => {
    await keepSignInToken(tx, token, user.email, 'mail')
    // Whoever asked for it is nobody yet.
    await recordLink(tx, user, 'mail', holdpointActor, input.origin)
    await queueMail(tx, {
      ...mail,
      idempotencyKey: `sign-in:${hashToken(token)}`,
      kind: 'sign-in',
      recipient: user.email,
      projectId: null,
    })
  })
}
