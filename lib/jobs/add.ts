import { sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '@/db/client'
import { traceHeaders } from '@/lib/traces'
import { inParts } from '@/lib/work/in-turns'
import type { JobName, Payload } from './table'

export type JobOptions = {
  /** Not before this moment; at once where it is missing. */
  runAt?: Date
  /** Another job of the same key that waits is replaced. */
  key?: string
  /** Jobs of the same queue are done one after the other. */
  queue?: string
  /** The lower are done first; 0 where it is missing. */
  priority?: number
  /** 1 to 25, 25 where it is missing: the last one about two days after the first. */
  maxAttempts?: number
}

/**
 * Adds a job in the caller's transaction: it exists exactly if that commits.
 */
export async function addJob<N extends JobName>(
  tx: Queryable,
  task: N,
  payload: Payload<N>,
  options: JobOptions = {},
): Promise<void> {
  await tx.execute(sql`
    select 1 from graphile_worker.add_job(
      identifier => ${task}::text,
      payload => ${JSON.stringify(withTrace(payload))}::text::json,
      queue_name => ${options.queue ?? null}::text,
      priority => ${options.priority ?? null}::int,
      run_at => ${options.runAt?.toISOString() ?? null}::timestamptz,
      job_key => ${options.key ?? null}::text,
      max_attempts => ${options.maxAttempts ?? null}::int)`)
}

/** A job goes on with the trace in which it was added. */
function withTrace(payload: object): object {
  const trace = traceHeaders()
  return Object.keys(trace).length > 0 ? { ...payload, trace } : payload
}

/** The trace in which a job was added, as headers; none where nobody traced. */
export function traceOf(payload: unknown): Record<string, unknown> {
  return (payload as { trace?: Record<string, unknown> } | null)?.trace ?? {}
}

type Named = { [N in JobName]: { task: N; payload: Payload<N> } }[JobName]

export type KeyedJob = Named & {
  /** Another job of the same key that waits is replaced. */
  key: string
  /** Jobs of the same queue are done one after the other. */
  queue?: string
  /** Not before this moment; at once where it is missing. */
  runAt?: Date
}

const tries = 5
const jobsPerStatement = 1000

/**
 * Adds jobs in their order in the caller's transaction. One of the same key that runs at this moment is followed by
 * another, which therefore sees what this transaction wrote.
 * @param keepsTime whether one that waits keeps its time
 * @throws Error where one could not be added
 */
export async function addJobs(tx: Transaction, jobs: KeyedJob[], keepsTime = false): Promise<void> {
  let left = jobs
  for (let i = 0; i < tries && left.length > 0; i++) {
    const added = new Set<string>()
    for (const some of inParts(left, jobsPerStatement))
      for (const key of await addOnce(tx, some, keepsTime)) added.add(key)
    // Where a worker took one of the same key at this very moment, it was not added; by now it is known to run.
    left = left.filter((job) => !added.has(job.key))
  }
  if (left.length > 0) throw new Error(`${left.length} jobs could not be added`)
}

/** @returns the keys of those that were added */
async function addOnce(tx: Transaction, jobs: KeyedJob[], keepsTime: boolean): Promise<string[]> {
  const specs = JSON.stringify(
    jobs.map((job) => ({ ...job, payload: withTrace(job.payload), runAt: job.runAt?.toISOString() ?? null })),
  )
  const rows = await tx.execute<{ key: string }>(sql`
    select key from graphile_worker.add_jobs(
      (select array_agg(row(s->>'task', s->'payload', s->>'queue', (s->>'runAt')::timestamptz, null, s->>'key', null, null)
         ::graphile_worker.job_spec order by n)
       from json_array_elements(${specs}::text::json) with ordinality as spec(s, n)),
      job_key_preserve_run_at => ${keepsTime})`)
  return rows.map((row) => row.key)
}
