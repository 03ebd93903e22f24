import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'

/** The database's clock, by which deadlines pass. */
export async function readClock(db: Queryable): Promise<Date> {
  const [row] = await db.execute<{ now: string }>(sql`select clock_timestamp() as now`)
  return new Date(row?.now ?? '')
}
