import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'

/**
 * Has a project's audit log kept for so many days at once, below the floor too: by the hand of the tables' owner, who
 * can switch off what guards against it.
 */
export async function keepAuditFor(db: Database, projectId: string, days: number | null): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`update audit_floor set min_days = 1`)
    await tx.execute(sql`alter table projects disable trigger projects_guard_audit_retention`)
    await tx.execute(sql`
      update projects set audit_retention_days = ${days}::int, audit_retention_next = null,
        audit_retention_next_at = null, retention_days = case when ${days}::int is null then retention_days
          else least(coalesce(retention_days, ${days}::int), ${days}::int) end
      where id = ${projectId}`)
    await tx.execute(sql`alter table projects enable always trigger projects_guard_audit_retention`)
  })
}
