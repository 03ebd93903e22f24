import { eq, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { approvals } from '@/db/schema/approvals'
import { takeSteps } from '@/lib/notices/take-steps'

/** Moves a pending approval so that this share of its hour is over, and reminds of what is due by then. */
export async function remindAtShare(db: Database, id: string, share: number): Promise<number> {
  const since = sql`clock_timestamp() - interval '1 hour' * ${share}::float8`
  await db
    .update(approvals)
    .set({ requestedAt: since, expiresAt: sql`${since} + interval '1 hour'` })
    .where(eq(approvals.id, id))
  await db.execute(sql`
    update approvals set next_step_at = clock_timestamp() - interval '1 millisecond' where id = ${id} and next_step_at is not null`)
  return takeSteps(db)
}
