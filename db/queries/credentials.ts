import { and, asc, eq, gt, isNotNull, isNull, or, sql } from 'drizzle-orm'
import { onceFor, type Database } from '@/db/client'
import { keys, members, projects, sessions, users } from '@/db/schema/identity'

const project = {
  projectId: projects.id,
  projectSlug: projects.slug,
  projectName: projects.name,
  allowOwnRequest: projects.allowOwnRequest,
}

const person = { userId: users.id, userName: users.name, userEmail: users.email, role: members.role }

/** Whether a refusal of a dead key is to be recorded: once an hour, so that nobody can fill the log with one. */
export const isRefusalNew = sql<boolean>`(${keys.refusedAt} is null
  or ${keys.refusedAt} < clock_timestamp() - interval '1 hour')`

const keyByHash = onceFor((db) =>
  db
    .select({
      ...project,
      ...person,
      keyId: keys.id,
      kind: keys.kind,
      keyName: keys.name,
      scopes: keys.scopes,
      isRevoked: sql<boolean>`${keys.revokedAt} is not null`,
      isExpired: sql<boolean>`(${keys.expiresAt} <= clock_timestamp()) is true`,
      isRefusalNew,
      isStale: sql<boolean>`${keys.lastUsedAt} is null or ${keys.lastUsedAt} < now() - interval '60 seconds'`,
    })
    .from(keys)
    .innerJoin(projects, eq(projects.id, keys.projectId))
    .leftJoin(users, eq(users.id, keys.userId))
    .leftJoin(
      members,
      and(
        eq(members.projectId, keys.projectId),
        eq(members.userId, keys.userId),
        isNotNull(members.joinedAt),
      ),
    )
    .where(eq(keys.tokenHash, sql.placeholder('hash')))
    .limit(1)
    .prepare('key_by_hash'),
)

/**
 * The key of a bearer token, also where it is dead, and for a personal token with its owner's membership as it is
 * now.
 */
export async function findKeyByHash(db: Database, tokenHash: string) {
  const [row] = await keyByHash(db).execute({ hash: tokenHash })
  return row
}

/** Whoever acts by the key locks its row, which must not be in their way. */
const noteAfterMs = 250
/** Keys whose use is about to be noted: whoever comes meanwhile sees the same old time. */
const noted = new Set<string>()

/** Notes that a key was used, at most once a minute, soon; that it could not be noted is said to nobody. */
export function noteUse(db: Database, keyId: string): void {
  if (noted.has(keyId)) return
  noted.add(keyId)
  const note = async () =>
    db
      .update(keys)
      .set({ lastUsedAt: sql`now()` })
      .where(
        and(
          eq(keys.id, keyId),
          or(isNull(keys.lastUsedAt), sql`${keys.lastUsedAt} < now() - interval '60 seconds'`),
        ),
      )
  setTimeout(() => {
    void note()
      .catch(() => {})
      .finally(() => noted.delete(keyId))
  }, noteAfterMs).unref()
}

/** The person of a live browser session. */
export async function findSessionUser(db: Database, sessionToken: string) {
  const [row] = await db
    .select({ id: users.id, name: users.name, email: users.email })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.sessionToken, sessionToken), gt(sessions.expires, sql`clock_timestamp()`)))
    .limit(1)
  return row
}

const membershipsOfSession = onceFor((db) => {
  const build = (isOfOne: boolean) =>
    db
      .select({ ...project, ...person, sessionToken: sessions.sessionToken, sessionId: sessions.id })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .innerJoin(members, and(eq(members.userId, users.id), isNotNull(members.joinedAt)))
      .innerJoin(projects, eq(projects.id, members.projectId))
      .where(
        and(
          eq(sessions.sessionToken, sql.placeholder('token')),
          gt(sessions.expires, sql`clock_timestamp()`),
          isOfOne ? eq(projects.slug, sql.placeholder('slug')) : undefined,
        ),
      )
      .orderBy(asc(members.joinedAt))
      .limit(2)
      .prepare('memberships_of_session')
  return { all: build(false), ofOne: build(true) }
})

/**
 * The memberships that a live browser session opens, oldest first; two at most, or the one of `slug`.
 */
export async function findSessionMemberships(db: Database, sessionToken: string, slug?: string) {
  const { all, ofOne } = membershipsOfSession(db)
  return slug === undefined
    ? all.execute({ token: sessionToken })
    : ofOne.execute({ token: sessionToken, slug })
}
