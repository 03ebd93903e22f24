import { DrizzleAdapter } from '@auth/drizzle-adapter'
import { and, eq } from 'drizzle-orm'
import type { AuthOptions } from 'next-auth'
import type { Adapter, AdapterAccount, AdapterSession } from 'next-auth/adapters'
import type { Database } from '@/db/client'
import { findUserByEmail } from '@/db/queries/members'
import { accounts, sessions, users, verificationTokens } from '@/db/schema/identity'
import type { Origin } from '@/lib/context'
import type { ReadySettings } from '@/lib/env'
import { proveMailbox } from '@/lib/members/mailbox'
import { sessionDays } from '@/lib/members/session'
import { recordSignIn } from '@/lib/members/sign-in'
import { pages } from '@/lib/paths'
import { hashToken, makeSecret } from '@/lib/tokens'
import { logError } from '@/lib/process/log'
import { providersOf, verifiedEmail, type Claims } from './providers'
import { safeReturnTo } from './return-to'

const daySeconds = 86_400

/** Which provider sends somebody back, by which request. */
export type Callback = { provider: string; origin: Origin }

/**
 * What next-auth does for us: other providers' sign-in, the session's cookie, signing out. The e-mail link is
 * our own (`/sign-in`), because next-auth's is spent by a GET, and so by a mail scanner.
 * @param callback a provider sends somebody back: who is signed in meanwhile does not count, so that no
 * account is ever linked to a person by another way than its verified e-mail
 */
export function authOptions(db: Database, setting: ReadySettings, callback?: Callback): AuthOptions {
  return {
    secret: setting.authSecret,
    adapter: adapterOf(db, callback),
    providers: providersOf(setting),
    useSecureCookies: setting.appUrl.startsWith('https:'),
    session: {
      strategy: 'database',
      maxAge: sessionDays * daySeconds,
      updateAge: daySeconds,
      generateSessionToken: makeSecret,
    },
    pages: {
      signIn: pages.signIn(),
      signOut: pages.signIn(),
      error: pages.signIn(),
      verifyRequest: pages.signIn(),
    },
    callbacks: {
      signIn: async ({ account, profile }) => maySignIn(db, account, (profile ?? {}) as Claims),
      redirect: ({ url, baseUrl }) => {
        const path = url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length) : url
        return path === pages.signIn() ? `${baseUrl}${path}` : baseUrl + safeReturnTo(path)
      },
    },
    // Codes and messages alone: what next-auth would print holds tokens and profiles.
    logger: {
      error: (code, meta) => logError(`next-auth ${code}`, '-', meta instanceof Error ? meta : meta?.error),
      warn: () => {},
      debug: () => {},
    },
  }
}

type Account = Pick<AdapterAccount, 'provider' | 'providerAccountId'> | null

/**
 * People who are known already: by an account that was linked before, or by an e-mail that the provider
 * verified.
 */
async function maySignIn(db: Database, account: Account, claims: Claims): Promise<true | string> {
  if (!account) return pages.signIn({ error: 'refused' })
  const [linked] = await db
    .select({ userId: accounts.userId })
    .from(accounts)
    .where(
      and(eq(accounts.provider, account.provider), eq(accounts.providerAccountId, account.providerAccountId)),
    )
  if (linked) return true
  const email = verifiedEmail(claims)
  if (email === undefined) return pages.signIn({ error: 'unverified' })
  return (await findUserByEmail(db, email)) ? true : pages.signIn({ error: 'unknown' })
}

/**
 * next-auth's adapter over our tables: session tokens hashed, no tokens of providers kept, no people made.
 */
function adapterOf(db: Database, callback: Callback | undefined): Adapter {
  const tables = {
    usersTable: users,
    accountsTable: accounts,
    sessionsTable: sessions,
    verificationTokensTable: verificationTokens,
  }
  const base = DrizzleAdapter(db, tables as never) as Required<Adapter>
  return {
    ...base,
    createUser: async () => {
      throw new Error('Nobody becomes known by signing in.')
    },
    getUserByEmail: (email) => base.getUserByEmail(email.toLowerCase()),
    linkAccount: async (account: AdapterAccount) => linkAccount(db, account),
    createSession: async (session) => {
      await createSession(db, session, callback)
      return session
    },
    getSessionAndUser: async (token) => {
      if (callback) return null
      const found = await base.getSessionAndUser(hashToken(token))
      return found && { ...found, session: { ...found.session, sessionToken: token } }
    },
    updateSession: async (session) => {
      const updated = await base.updateSession({ ...session, sessionToken: hashToken(session.sessionToken) })
      return updated && { ...updated, sessionToken: session.sessionToken }
    },
    deleteSession: async (token) => void (await base.deleteSession(hashToken(token))),
  }
}

async function createSession(
  db: Database,
  { userId, sessionToken, expires }: AdapterSession,
  callback: Callback | undefined,
): Promise<void> {
  await db.transaction(async (tx) => {
    const [session] = await tx
      .insert(sessions)
      .values({ userId, sessionToken: hashToken(sessionToken), expires })
      .returning({ id: sessions.id })
    const [user] = await tx.select().from(users).where(eq(users.id, userId))
    if (!session || !user) throw new Error('The session was not kept.')
    await recordSignIn(tx, user, session.id, callback?.provider ?? 'unknown', callback?.origin)
  })
}

/** The verified e-mail is a proof of the mailbox; where it is the first, older sessions end. */
async function linkAccount(db: Database, account: AdapterAccount): Promise<void> {
  await db.transaction(async (tx) => {
    const { userId, type, provider, providerAccountId } = account
    await tx.insert(accounts).values({ userId, type, provider, providerAccountId })
    const [user] = await tx.select().from(users).where(eq(users.id, userId))
    if (user) await proveMailbox(tx, user)
  })
}
