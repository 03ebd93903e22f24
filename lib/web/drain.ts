import { sharedDatabase } from '@/db/client'
import { dispatchEvents } from '@/lib/approvals/dispatch'
import { sealAudit } from '@/lib/audit/seal'
import { settings } from '@/lib/env'
import { drainJobs } from '@/lib/jobs/serve'
import { jobOptions } from './jobs'
import { logError } from './log'

const livesKey = Symbol.for('holdpoint.lives')
const scope = globalThis as { [livesKey]?: true }

/** Said once by a process that serves jobs itself, so that no request has to. */
export function markLiving(): void {
  scope[livesKey] = true
}

/**
 * Where no process lives between requests: does what a change left to be done (outbox, jobs, sealing) after
 * its answer has been sent. Elsewhere it does nothing. What it misses, the cron route does.
 */
export async function drainAfterAnswer(): Promise<void> {
  if (scope[livesKey]) return
  const { after } = await import('next/server')
  after(() => drainNow().catch((error: unknown) => logError('drain', '-', error)))
}

let running: Promise<unknown> | undefined

/** One at a time in a process; whoever comes meanwhile is served by one more round after it. */
async function drainNow(): Promise<void> {
  const before = running
  const round = (before ?? Promise.resolve()).then(() => drainOnce())
  running = round.catch(() => undefined)
  await round
}

/**
 * Dispatches the outbox, seals the audit log and does every job that is due.
 * @returns how many of each
 */
export async function drainOnce(): Promise<{ dispatched: number; sealed: number; jobs: { done: number; failed: number } }> {
  const db = sharedDatabase(settings().databaseUrl)
  const dispatched = await dispatchEvents(db)
  const sealed = await sealAudit(db)
  return { dispatched, sealed, jobs: await drainJobs(jobOptions()) }
}
