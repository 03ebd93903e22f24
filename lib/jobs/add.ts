import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'

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
 * @param task a name of the task list
 * @param payload plain JSON
 */
export async function addJob(
  tx: Queryable,
  task: string,
  payload: Record<string, unknown>,
  options: JobOptions = {},
): Promise<void> {
  await tx.execute(sql`
    select 1 from graphile_worker.add_job(
      identifier => ${task}::text,
      payload => ${JSON.stringify(payload)}::text::json,
      queue_name => ${options.queue ?? null}::text,
      priority => ${options.priority ?? null}::int,
      run_at => ${options.runAt?.toISOString() ?? null}::timestamptz,
      job_key => ${options.key ?? null}::text,
      max_attempts => ${options.maxAttempts ?? null}::int)`)
}
