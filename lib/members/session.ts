import { and, eq, lt, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { sessions } from '@/db/schema/identity'
import { hashToken, makeSecret } from '@/lib/tokens'

/** How long a session lasts. */
export const sessionDays = 30

/** A new session: the token is for the cookie alone. */
export type StartedSession = { id: string; userId: string; token: string; expires: Date }

/** Starts a session of 256 random bits for a person; the database keeps the token's hash only. */
export async function startSession(tx: Queryable, userId: string): Promise<StartedSession> {
  const token = makeSecret()
  await tx
    .delete(sessions)
    .where(and(eq(sessions.userId, userId), lt(sessions.expires, sql`clock_timestamp()`)))
  const [row] = await tx
    .insert(sessions)
    .values({
      sessionToken: hashToken(token),
      userId,
      expires: sql`clock_timestamp() + make_interval(days => ${sessionDays}::int)`,
    })
    .returning({ id: sessions.id, expires: sessions.expires })
  if (!row) throw new Error('The session was not kept.')
  return { id: row.id, userId, token, expires: row.expires }
}

/** Ends the session of a cookie's token, if there is one. */
export async function endSession(db: Queryable, token: string): Promise<void> {
  await db.delete(sessions).where(eq(sessions.sessionToken, hashToken(token)))
}
