import { desc, eq } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { mails } from '@/db/schema/notices'

/** The newest mails of all projects, 100 at most; for the demo's mail page alone. */
export async function listMails(db: Queryable) {
  return db
    .select({ id: mails.id, subject: mails.subject, recipient: mails.recipient, createdAt: mails.createdAt })
    .from(mails)
    .orderBy(desc(mails.createdAt), desc(mails.id))
    .limit(100)
}

/** One mail with its content. */
export async function findMail(db: Queryable, id: string) {
  const [row] = await db.select().from(mails).where(eq(mails.id, id)).limit(1)
  return row
}
