import { sql } from 'drizzle-orm'
import { sharedDatabase } from '@/db/client'

/** Whether the database answers and takes writes. */
export async function isReachable(url: string): Promise<boolean> {
  try {
    const [row] = await sharedDatabase(url).execute<{ isReplica: boolean }>(
      sql`select pg_is_in_recovery() as "isReplica"`,
    )
    return row?.isReplica === false
  } catch {
    return false
  }
}
