import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'

export type Counts = {
  pending: number
  overdue: number
  unsealed: number
  undispatched: number
  jobs: number
  failedJobs: number
}

/** What an operator watches, over all projects; each from an index of what is open. */
export async function countOpen(db: Queryable): Promise<Counts> {
  const [row] = await db.execute<Counts>(sql`
    select
      (select count(*) from approvals where status = 'pending')::int as pending,
      (select count(*) from approvals where status = 'pending' and expires_at <= clock_timestamp())::int as overdue,
      (select count(*) from audit_entries where seq is null)::int as unsealed,
      (select count(*) from approval_events where seq is null)::int as undispatched,
      (select count(*) from graphile_worker._private_jobs where attempts < max_attempts)::int as jobs,
      (select count(*) from graphile_worker._private_jobs where attempts >= max_attempts)::int as "failedJobs"`)
  if (!row) throw new Error('no counts')
  return row
}
