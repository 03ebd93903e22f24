import { randomUUID } from 'node:crypto'
import { cookies, headers } from 'next/headers'
import { notFound, redirect } from 'next/navigation'
import { cache } from 'react'
import { sharedDatabase } from '@/db/client'
import { findSessionUser } from '@/db/queries/credentials'
import type { Context, MemberActor, Origin } from '@/lib/context'
import { settings } from '@/lib/env'
import { AppError } from '@/lib/errors'
import { isFreeSlugShape } from '@/lib/members/project-slug'
import { pages } from '@/lib/paths'
import { hashToken } from '@/lib/tokens'
import { addressOf, noteBegun } from '@/lib/http/caller'
import { authenticate, contextOf, sessionCookies } from '@/lib/http/credential'
import { recall, remember } from '@/lib/http/credential-cache'
import { safeReturnTo } from './return-to'

/** The database of the pages; whoever asks for it is a page or an action that was reached. */
export function pageDatabase() {
  noteBegun()
  const { databaseUrl, databasePool } = settings()
  return sharedDatabase(databaseUrl, databasePool)
}

/** Hash of the browser's session token, as the database keeps it; undefined when signed out. */
export async function sessionHash(): Promise<string | undefined> {
  const isSecure = settings().appUrl.startsWith('https:')
  const value = (await cookies()).get(sessionCookies[isSecure ? 0 : 1])?.value
  return value === undefined || value === '' ? undefined : hashToken(value)
}

/** Where the request that a page or an action serves comes from, under a new id; for records. */
export async function pageOrigin(): Promise<Origin> {
  return { requestId: randomUUID(), address: addressOf({ headers: await headers() }) }
}

/** The signed-in person, or undefined; read once a request. */
export const findUser = cache(
  async (): Promise<{ id: string; name: string | null; email: string } | undefined> => {
    const hash = await sessionHash()
    return hash === undefined ? undefined : findSessionUser(pageDatabase(), hash)
  },
)

/** The signed-in person; everybody else is sent to the sign-in page. */
export async function requireUser(
  returnTo = '/',
): Promise<{ id: string; name: string | null; email: string }> {
  const user = await findUser()
  if (!user) redirect(pages.signIn({ return_to: returnTo }))
  return user
}

/**
 * The signed-in member of a project, for pages: signed out goes to the sign-in page, a project that is not
 * theirs looks like one that does not exist. Read once a request, by each page for itself.
 */
export const requireMember = cache(async (projectSlug: string): Promise<Context<MemberActor>> => {
  const ctx = await findMemberContext(projectSlug)
  if (ctx === 'signed_out') redirect(pages.signIn({ return_to: await currentPath() }))
  if (ctx === 'not_found') notFound()
  return ctx
})

/** Path and query of the page, as `proxy.ts` noted them, so that a mailed link survives signing in. */
async function currentPath(): Promise<string> {
  return safeReturnTo((await headers()).get('x-path'))
}

/**
 * The same for server actions, which answer instead of sending somewhere.
 * @param proves the verb proves the session in its own statement, so that one that is known from before is not looked
 * up first
 */
export async function findMemberContext(
  projectSlug: string,
  given?: Origin,
  proves = false,
): Promise<Context<MemberActor> | 'signed_out' | 'not_found'> {
  const hash = await sessionHash()
  if (hash === undefined) return 'signed_out'
  if (!isFreeSlugShape(projectSlug)) return 'not_found'
  const db = pageDatabase()
  const origin = given ?? (await pageOrigin())
  const credential = { kind: 'session', hash, projectSlug } as const
  const lookUp = async () => {
    const found = await authenticate(db, credential, origin)
    remember(credential, found)
    return contextOf(db, found, settings(), origin) as Context<MemberActor>
  }
  const known = proves ? recall(credential) : undefined
  if (known) return { ...(contextOf(db, known, settings(), origin) as Context<MemberActor>), renew: lookUp }
  try {
    return await lookUp()
  } catch (error) {
    if (error instanceof AppError && error.code === 'unauthenticated') return 'signed_out'
    if (error instanceof AppError && error.code === 'not_found') return 'not_found'
    throw error
  }
}
