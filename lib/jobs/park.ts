import type { WorkerEvents } from 'graphile-worker'
import type postgres from 'postgres'
import { openSql } from '@/db/drivers'
import { LaterJobError } from './later-error'
import { PermanentJobError } from './permanent-error'

const tries = 20
const pauseMs = 100

/**
 * Does with failed jobs what their error asks for: those that failed for good keep it in the table and are not tried
 * again, those that may not be tried before a time has passed are put off. The worker gives a failed job back shortly
 * after it tells, and only then can it be changed.
 */
export function parkOn(events: WorkerEvents, databaseUrl: string, log: (line: string) => void): void {
  events.on('job:complete', ({ job, error }) => {
    const change = changeFor(error)
    if (!change) return
    void park(databaseUrl, job.id, change).catch((reason: unknown) => {
      log(`Job ${job.id} failed and was not parked: ${String(reason)}`)
    })
  })
}

type Change = (sql: postgres.Sql, jobId: string) => Promise<readonly unknown[]>

function changeFor(error: unknown): Change | undefined {
  if (error instanceof PermanentJobError) {
    return (sql, jobId) =>
      sql`select id from graphile_worker.permanently_fail_jobs(array[${jobId}::bigint], ${error.message}::text)`
  }
  if (!(error instanceof LaterJobError)) return undefined
  return (sql, jobId) => sql`
    select put_off.id from graphile_worker.jobs job, graphile_worker.reschedule_jobs(array[job.id],
      run_at => greatest(job.run_at, clock_timestamp() + make_interval(secs => ${error.afterMs / 1000}))) put_off
    where job.id = ${jobId}::bigint`
}

async function park(databaseUrl: string, jobId: string, change: Change): Promise<void> {
  const sql = openSql(databaseUrl, { max: 1, name: 'holdpoint-jobs', settings: { statement_timeout: 4000 } })
  try {
    for (let i = 0; i < tries; i++) {
      if ((await change(sql, jobId)).length > 0) return
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
    throw new Error('the worker did not give it back')
  } finally {
    await sql.end({ timeout: 1 })
  }
}
