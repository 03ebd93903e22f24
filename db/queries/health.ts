import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { isNowhereAside } from './set-aside'

export type Health = { isReadOnly: boolean; oldestEventSeconds: number }

/**
 * Whether the database refuses writes (a standby, or read-only by a setting), and how long the oldest event has waited
 * to be dispatched.
 * @returns undefined where it does not answer
 */
export async function findHealth(db: Database): Promise<Health | undefined> {
  try {
    const [row] = await db.execute<Health>(sql`
      select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean as "isReadOnly",
        ${oldestEventSeconds} as "oldestEventSeconds"`)
    return row
  } catch {
    return undefined
  }
}

/**
 * How long the oldest event waits that is not set aside, in seconds; 0 where none waits. One whose next try has come
 * is set aside still: it waited for its turn and says nothing of the others' wait.
 */
export const oldestEventSeconds = sql`coalesce((
  select greatest(0, extract(epoch from clock_timestamp() - e.at)) from approval_events e
  where e.seq is null and ${isNowhereAside('dispatch', sql`e.id::text`)} order by e.id limit 1), 0)::float8`
