import type { WorkerEvents } from 'graphile-worker'
import postgres from 'postgres'
import { PermanentJobError } from './permanent-error'

const tries = 20
const pauseMs = 100

/**
 * Parks jobs that failed for good: they keep their last error in the table and are not tried again. The
 * worker gives a failed job back shortly after it tells, and only then can it be parked.
 */
export function parkOn(events: WorkerEvents, databaseUrl: string, log: (line: string) => void): void {
  events.on('job:complete', ({ job, error }) => {
    if (!(error instanceof PermanentJobError)) return
    void park(databaseUrl, job.id, error.message).catch((reason: unknown) => {
      log(`Job ${job.id} failed for good but was not parked: ${String(reason)}`)
    })
  })
}

async function park(databaseUrl: string, jobId: string, message: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, connect_timeout: 4, onnotice: () => {} })
  try {
    for (let i = 0; i < tries; i++) {
      const parked = await sql`
        select id from graphile_worker.permanently_fail_jobs(array[${jobId}::bigint], ${message}::text)`
      if (parked.length > 0) return
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
    throw new Error('the worker did not give it back')
  } finally {
    await sql.end({ timeout: 1 })
  }
}
