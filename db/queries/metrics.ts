import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { keyedJobs } from '@/lib/jobs/table'
import { oldestEventSeconds } from './health'

export type Counts = {
  pending: number
  overdue: number
  unsealed: number
  undispatched: number
  oldestEventSeconds: number
  unsearched: number
  jobs: number
  parkedJobs: number
}

export type AuditHead = { project: string; seq: number; hash: string }

/** The heads of audit logs as they were last published; of a thousand projects at most. */
export async function listHeads(db: Queryable): Promise<AuditHead[]> {
  const rows = await db.execute<AuditHead>(sql`
    select p.slug as project, h.seq::float as seq, h.hash from audit_heads h join projects p on p.id = h.project_id
    order by h.project_id limit 1000`)
  return [...rows]
}

/**
 * What an operator watches, over all projects; each from an index of what is open. Parked is a job that no worker
 * has and none will take; all others wait, those that are being done included. One that was added again under its key
 * while it ran is neither: the worker takes its key and its tries, and the other does its work.
 */
export async function countOpen(db: Queryable): Promise<Counts> {
  const isGivenUp = sql`attempts >= max_attempts and locked_at is null`
  const isReplaced = sql`key is null and task_id in (
    select id from graphile_worker._private_tasks where identifier in ${keyedJobs})`
  const [row] = await db.execute<Counts>(sql`
    select
      (select count(*) from approvals where status = 'pending')::int as pending,
      (select count(*) from approvals where status = 'pending' and expires_at <= clock_timestamp())::int as overdue,
      (select count(*) from audit_entries where seq is null)::int as unsealed,
      (select count(*) from approval_events where seq is null)::int as undispatched,
      ${oldestEventSeconds} as "oldestEventSeconds",
      (select count(*) from approval_search_queue)::int as unsearched,
      (select count(*) from graphile_worker._private_jobs where not (${isGivenUp}))::int as jobs,
      (select count(*) from graphile_worker._private_jobs
        where ${isGivenUp} and not (${isReplaced}))::int as "parkedJobs"`)
  if (!row) throw new Error('no counts')
  return row
}
