import { cookies } from 'next/headers'
import type { Database } from '@/db/client'
import { settings } from '@/lib/env'
import { endSession, type StartedSession } from '@/lib/members/session'
import { sessionCookies } from '@/lib/http/credential'

/**
 * Signs the browser in: the session that it had before ends, and next-auth's own cookie carries the new one.
 */
export async function setSessionCookie(db: Database, session: StartedSession): Promise<void> {
  const isSecure = settings().appUrl.startsWith('https:')
  const name = sessionCookies[isSecure ? 0 : 1]
  const jar = await cookies()
  const before = jar.get(name)?.value
  if (before) await endSession(db, before)
  jar.set(name, session.token, {
    httpOnly: true,
    sameSite: 'lax',
    path: '/',
    secure: isSecure,
    expires: session.expires,
  })
}
