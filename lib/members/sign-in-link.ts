import { and, eq, gt, lt, sql } from 'drizzle-orm'
import type { Database, Queryable } from '@/db/client'
import { findUserByEmail } from '@/db/queries/members'
import { users, verificationTokens } from '@/db/schema/identity'
import type { Origin, SystemActor } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { pages } from '@/lib/paths'
import { hashToken, makeSecret } from '@/lib/tokens'
import { proveMailbox } from './mailbox'
import { recordOfPerson } from './record-person'
import type { StartedSession } from './session'
import { signIn } from './sign-in'

/** How long a sign-in link is good for. */
export const signInLinkMinutes = 15

const byOperator = 'operator:'
const operator: SystemActor = { type: 'system', id: 'operator', label: 'Operator', via: 'cli' }

/** Whether the link goes to the mailbox, or is handed over by an operator. */
export type LinkWay = 'mail' | 'operator'

/**
 * A new one-time token that signs the person in, good for 15 minutes. The database keeps its hash only.
 * @param email of a known person, in lower case
 */
export async function makeSignInToken(tx: Queryable, email: string, way: LinkWay): Promise<string> {
  const token = makeSecret()
  await keepSignInToken(tx, token, email, way)
  return token
}

/** The same for a token that its link was written with before. */
export async function keepSignInToken(
  tx: Queryable,
  token: string,
  email: string,
  way: LinkWay,
): Promise<void> {
  await tx.delete(verificationTokens).where(lt(verificationTokens.expires, sql`clock_timestamp()`))
  await tx.insert(verificationTokens).values({
    identifier: way === 'operator' ? byOperator + email : email,
    token: hashToken(token),
    expires: sql`clock_timestamp() + make_interval(mins => ${signInLinkMinutes}::int)`,
  })
}

/** The page that a sign-in token opens; opening it spends nothing. */
export function signInUrl(appUrl: string, token: string, returnTo?: string): string {
  return appUrl + pages.confirmSignIn({ token, return_to: returnTo })
}

/**
 * A one-time sign-in link for an operator to hand over.
 * @throws AppError `not_found` where nobody with this e-mail is known
 */
export async function makeOperatorLink(db: Database, appUrl: string, email: string): Promise<string> {
  const user = await findUserByEmail(db, email)
  if (!user) throw new AppError('not_found', `Nobody with the e-mail ${email} is known here.`)
  const token = await db.transaction(async (tx) => {
    await recordLink(tx, user, 'operator', operator)
    return makeSignInToken(tx, user.email, 'operator')
  })
  return signInUrl(appUrl, token)
}

/** Records in each of the person's projects that a link was made which signs in as them, in its transaction. */
export async function recordLink(
  tx: Queryable,
  user: { id: string; email: string },
  way: LinkWay,
  actor: SystemActor,
  origin?: Origin,
): Promise<void> {
  await recordOfPerson(
    tx,
    user.id,
    { actor: () => actor, origin },
    {
      action: 'link.created',
      target: { type: 'member', id: user.id, label: user.email },
      detail: { email: user.email, way, minutes: signInLinkMinutes },
    },
  )
}

/** Whom a token would sign in, without spending it. */
export async function findSignIn(db: Queryable, token: string): Promise<{ email: string } | undefined> {
  const [row] = await db
    .select({ identifier: verificationTokens.identifier })
    .from(verificationTokens)
    .where(openToken(token))
    .limit(1)
  return row && { email: emailOf(row.identifier) }
}

/**
 * Spends a token and starts a session for its person: of any number at once, one.
 * @throws AppError `not_found` where the token is unknown, spent or past its 15 minutes
 */
export async function spendSignInToken(
  db: Database,
  token: string,
  origin?: Origin,
): Promise<StartedSession> {
  return db.transaction(async (tx) => {
    const [spent] = await tx
      .delete(verificationTokens)
      .where(openToken(token))
      .returning({ identifier: verificationTokens.identifier })
    if (!spent) throw expired()
    const email = emailOf(spent.identifier)
    const [user] = await tx
      .select({ id: users.id, name: users.name, email: users.email })
      .from(users)
      .where(eq(users.email, email))
    if (!user) throw expired()
    const isMailed = spent.identifier === email
    if (isMailed) await proveMailbox(tx, user)
    return signIn(tx, user, isMailed ? 'link' : 'operator_link', origin)
  })
}

function openToken(token: string) {
  return and(
    eq(verificationTokens.token, hashToken(token)),
    gt(verificationTokens.expires, sql`clock_timestamp()`),
  )
}

function emailOf(identifier: string): string {
  return identifier.startsWith(byOperator) ? identifier.slice(byOperator.length) : identifier
}

function expired(): AppError {
  return new AppError('not_found', 'This link has been used or is older than 15 minutes. Ask for a new one.')
}
