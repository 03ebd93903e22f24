import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { noMail } from './tell-people'

/**
 * Drops a mail about approvals that has not been sent yet and is no use any more: none of them is open now, or its
 * recipient may no longer decide. One that still is of use keeps its content, whatever was decided meanwhile.
 * @returns whether it was dropped
 */
export async function dropStaleMail(db: Database, mailId: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [dropped] = await tx.execute<{ userId: string | null }>(sql`
      delete from mails m where m.id = ${mailId} and m.kind = 'approval' and m.sent_at is null and not exists (
        select 1 from users u
          join members r on r.user_id = u.id and r.project_id = m.project_id and r.joined_at is not null
            and r.role in ('reviewer', 'admin', 'owner')
          join mail_items i on i.user_id = u.id and i.mail_id = m.id
          join approvals a on a.id = i.approval_id and a.status = 'pending' and a.expires_at > clock_timestamp()
        where u.email = m.recipient)
      returning (select id from users where email = m.recipient) as "userId"`)
    if (!dropped) return false
    await tx.execute(
      sql`update mail_items set mail_id = ${noMail} where user_id = ${dropped.userId} and mail_id = ${mailId}`,
    )
    return true
  })
}
