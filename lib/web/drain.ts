import { setTimeout as pause } from 'node:timers/promises'
import { sharedDatabase } from '@/db/client'
import { dispatchEvents } from '@/lib/approvals/dispatch'
import { sealAudit } from '@/lib/audit/seal'
import { settings } from '@/lib/env'
import { msUntilDue } from '@/lib/jobs/due'
import { drainJobs } from '@/lib/jobs/serve'
import { remindDue } from '@/lib/notices/remind'
import { jobOptions } from './jobs'
import { logError } from './log'

const livesKey = Symbol.for('holdpoint.lives')
const runningKey = Symbol.for('holdpoint.drain')
/** Shared by every copy of this module (bundled for Next, plain for our own front). */
const scope = globalThis as { [livesKey]?: true; [runningKey]?: Promise<unknown> }

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
  const drain = () => drainNow().catch((error: unknown) => logError('drain', '-', error))
  try {
    after(drain)
  } catch {
    // Not within Next after all. What was asked for is committed and is to be answered, whatever becomes of this.
    void drain()
  }
}

/** One at a time in a process; whoever comes meanwhile is served by one more round after it. */
async function drainNow(): Promise<void> {
  const round = drained().then(() => drainOnce())
  scope[runningKey] = round.catch(() => undefined)
  await round
}

/** Resolves when everything that answers so far left to be done was tried; for who is about to close the database. */
export async function drained(): Promise<void> {
  await scope[runningKey]
}

type Drained = { dispatched: number; sealed: number; jobs: { done: number; failed: number } }

/** What comes due within this time is waited for, such as the next message to a chat service. */
const soonMs = 1500
/** Where what is due is in somebody else's hands, it is not asked for again at once. */
const leastPauseMs = 250

/**
 * Drains, and again as long as something more comes due soon, for `ms` at most.
 * @returns how many of each
 */
export async function drainFor(ms: number): Promise<Drained> {
  const endAt = performance.now() + ms
  const { databaseUrl, databasePool } = settings()
  const db = sharedDatabase(databaseUrl, databasePool)
  let counts = await drainOnce()
  for (;;) {
    const dueMs = await msUntilDue(db, soonMs)
    if (dueMs === undefined || performance.now() + dueMs > endAt) return counts
    await pause(Math.max(dueMs, leastPauseMs))
    const { dispatched, sealed, jobs } = await drainOnce()
    counts = {
      dispatched: counts.dispatched + dispatched,
      sealed: counts.sealed + sealed,
      jobs: { done: counts.jobs.done + jobs.done, failed: counts.jobs.failed + jobs.failed },
    }
  }
}

/**
 * Dispatches the outbox, seals the audit log, reminds, and does every job that is due.
 * @returns how many of each
 */
export async function drainOnce(): Promise<Drained> {
  const { databaseUrl, databasePool } = settings()
  const db = sharedDatabase(databaseUrl, databasePool)
  const dispatched = await dispatchEvents(db)
  const sealed = await sealAudit(db)
  await remindDue(db)
  return { dispatched, sealed, jobs: await drainJobs(jobOptions()) }
}
