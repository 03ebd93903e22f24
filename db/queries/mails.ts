import { and, desc, eq, inArray, isNotNull, notInArray, or, type SQL } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { members, users } from '@/db/schema/identity'
import { mails } from '@/db/schema/notices'

/** Whoever opens a link of these is signed in as the person that it was written to. */
const thatSignIn = ['sign-in', 'invitation']

/**
 * What of the kept mails a person may read: those of the projects that they own, but for links that sign somebody in;
 * of these their own, once their mailbox was proved.
 */
function readableBy(db: Queryable, userId: string): SQL | undefined {
  const owned = db
    .select({ id: members.projectId })
    .from(members)
    .where(and(eq(members.userId, userId), eq(members.role, 'owner'), isNotNull(members.joinedAt)))
  const own = db
    .select({ email: users.email })
    .from(users)
    .where(and(eq(users.id, userId), isNotNull(users.emailVerified)))
  return or(
    and(inArray(mails.projectId, owned), notInArray(mails.kind, thatSignIn)),
    and(inArray(mails.recipient, own), inArray(mails.kind, thatSignIn)),
  )
}

/** The newest mails that this person may read, 100 at most; for the demo's mail page alone. */
export async function listMails(db: Queryable, userId: string) {
  return db
    .select({ id: mails.id, subject: mails.subject, recipient: mails.recipient, createdAt: mails.createdAt })
    .from(mails)
    .where(readableBy(db, userId))
    .orderBy(desc(mails.createdAt), desc(mails.id))
    .limit(100)
}

/** One mail with its content, if this person may read it. */
export async function findMail(db: Queryable, id: string, userId: string) {
  const readable = and(eq(mails.id, id), readableBy(db, userId))
  const [row] = await db.select().from(mails).where(readable).limit(1)
  return row
}
