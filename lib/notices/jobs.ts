import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { inParts } from '@/lib/work/in-turns'

export type NoticeJob = {
  task: 'mail_items' | 'webhook_disabled_mail' | 'policy_loosened_mail'
  payload: Record<string, unknown>
  key: string
  /** Not before this moment; at once where it is missing. */
  runAt?: Date
}

const tries = 5
const jobsPerStatement = 1000

/**
 * Adds jobs in the caller's transaction. One of the same key that waits keeps its time; one that runs at this
 * moment is followed by another. Keys in order, so that two transactions do not wait for each other in a circle.
 */
export async function addNoticeJobs(tx: Transaction, jobs: NoticeJob[]): Promise<void> {
  let left = jobs.toSorted((a, b) => (a.key < b.key ? -1 : 1))
  for (let i = 0; i < tries && left.length > 0; i++) {
    const added = new Set<string>()
    for (const some of inParts(left, jobsPerStatement))
      for (const key of await addOnce(tx, some)) added.add(key)
    // Where a worker took one of the same key at this very moment, it was not added; by now it is known to run.
    left = left.filter((job) => !added.has(job.key))
  }
  if (left.length > 0) throw new Error(`${left.length} jobs could not be added`)
}

async function addOnce(tx: Transaction, jobs: NoticeJob[]): Promise<Set<string>> {
  const specs = JSON.stringify(jobs.map((job) => ({ ...job, runAt: job.runAt?.toISOString() ?? null })))
  const rows = await tx.execute<{ key: string }>(sql`
    select key from graphile_worker.add_jobs(
      (select array_agg(row(s->>'task', s->'payload', null, (s->>'runAt')::timestamptz, null, s->>'key', null, null)
         ::graphile_worker.job_spec order by n)
       from json_array_elements(${specs}::text::json) with ordinality as spec(s, n)),
      job_key_preserve_run_at => true)`)
  return new Set(rows.map((row) => row.key))
}

/** One of a person's mails at a time; the job that gathers what waits for them. */
export function mailJob(projectId: string, userId: string, runAt?: Date): NoticeJob {
  const payload = { project_id: projectId, user_id: userId }
  return { task: 'mail_items', payload, key: `mail:${projectId}:${userId}`, ...(runAt ? { runAt } : {}) }
}
