import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'

/** Whether the database answers and takes writes. */
export async function isReachable(db: Database): Promise<boolean> {
  try {
    const [row] = await db.execute<{ isReplica: boolean }>(sql`select pg_is_in_recovery() as "isReplica"`)
    return row?.isReplica === false
  } catch {
    return false
  }
}
