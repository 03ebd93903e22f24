import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'

/**
 * When the next job that nobody has taken is due.
 * @returns milliseconds from now, 0 for one that is due already, undefined where none is within the time
 */
export async function msUntilDue(db: Queryable, withinMs: number): Promise<number | undefined> {
  const [next] = await db.execute<{ ms: number }>(sql`
    select greatest(0, ceil(extract(epoch from run_at - clock_timestamp()) * 1000))::int as ms
    from graphile_worker.jobs
    where locked_at is null and attempts < max_attempts
      and run_at < clock_timestamp() + make_interval(secs => ${withinMs / 1000})
    order by run_at limit 1`)
  return next?.ms
}
