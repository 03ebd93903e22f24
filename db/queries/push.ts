import { and, asc, countDistinct, eq, isNotNull, ne, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { members, sessions } from '@/db/schema/identity'
import { pushSubscriptions } from '@/db/schema/notices'

/** How many other browsers of a person are told by push. */
export async function countBrowsers(db: Queryable, userId: string, but: string): Promise<number> {
  const [row] = await db
    .select({ count: countDistinct(pushSubscriptions.endpoint) })
    .from(members)
    .innerJoin(
      pushSubscriptions,
      and(
        eq(pushSubscriptions.projectId, members.projectId),
        eq(pushSubscriptions.userId, members.userId),
        ne(pushSubscriptions.endpoint, but),
      ),
    )
    .where(eq(members.userId, userId))
  return row?.count ?? 0
}

/** The projects that a person has joined, in the order of their ids. */
export async function listProjectIdsOfUser(db: Queryable, userId: string): Promise<string[]> {
  const rows = await db
    .select({ id: members.projectId })
    .from(members)
    .where(and(eq(members.userId, userId), isNotNull(members.joinedAt)))
    .orderBy(asc(members.projectId))
  return rows.map(({ id }) => id)
}

/** Those browsers of a member that are signed in, and when they were told last if that is less than `seconds` ago. */
export async function listBrowsers(db: Queryable, projectId: string, userId: string, seconds: number) {
  return db
    .select({
      id: pushSubscriptions.id,
      toldAt:
        sql`case when ${pushSubscriptions.toldAt} > clock_timestamp() - make_interval(secs => ${seconds})
        then ${pushSubscriptions.toldAt} end`.mapWith((text: string) => new Date(text)),
    })
    .from(pushSubscriptions)
    .innerJoin(sessions, isSignedIn)
    .where(and(eq(pushSubscriptions.projectId, projectId), eq(pushSubscriptions.userId, userId)))
}

/** A browser that is still signed in, for a member who may still decide; else undefined. */
export async function findBrowser(db: Queryable, id: string) {
  const [row] = await db
    .select({
      endpoint: pushSubscriptions.endpoint,
      p256dh: pushSubscriptions.p256dh,
      auth: pushSubscriptions.auth,
    })
    .from(pushSubscriptions)
    .innerJoin(sessions, isSignedIn)
    .innerJoin(
      members,
      and(eq(members.projectId, pushSubscriptions.projectId), eq(members.userId, pushSubscriptions.userId)),
    )
    .where(and(eq(pushSubscriptions.id, id), isNotNull(members.joinedAt), ne(members.role, 'viewer')))
  return row
}

const isSignedIn = and(
  eq(sessions.sessionToken, pushSubscriptions.sessionToken),
  sql`${sessions.expires} > clock_timestamp()`,
)
