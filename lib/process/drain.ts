import { setTimeout as pause } from 'node:timers/promises'
import { sharedDatabase } from '@/db/client'
import { dispatchEvents } from '@/lib/outbox/dispatch'
import { fillSearch } from '@/lib/outbox/fill-search'
import { sealAudit } from '@/lib/audit/seal'
import { settings } from '@/lib/env'
import { msUntilDue } from '@/lib/jobs/due'
import { drainJobs } from '@/lib/jobs/serve'
import { takeSteps } from '@/lib/notices/take-steps'
import { Rounds } from '@/lib/work/rounds'
import { jobOptions } from './job-options'
import { logError } from './log'

const livesKey = Symbol.for('holdpoint.lives')
const drainKey = Symbol.for('holdpoint.drain')
/** Shared by every copy of this module (bundled for Next, plain for our own front). */
const scope = globalThis as { [livesKey]?: true; [drainKey]?: ReturnType<typeof makeDrain> }

/** Said once by a process that serves jobs itself, so that no request has to. */
export function markLiving(): void {
  scope[livesKey] = true
}

/** Whether this process does by itself what a change left to be done. */
export function isLiving(): boolean {
  return scope[livesKey] === true
}

/**
 * Where no process lives between requests: does what a change left to be done (outbox, jobs, sealing) after
 * its answer has been sent. Elsewhere it does nothing. What it misses, the cron route does.
 */
export async function drainAfterAnswer(): Promise<void> {
  if (isLiving()) return
  const { after } = await import('next/server')
  const drain = () => drainOnce().catch((error: unknown) => logError('drain', '-', error))
  try {
    after(drain)
  } catch {
    // Not within Next after all. What was asked for is committed and is to be answered, whatever becomes of this.
    void drain()
  }
}

/** Resolves when everything that answers so far left to be done was tried; for who is about to close the database. */
export async function drained(): Promise<void> {
  const running = scope[drainKey]?.running
  if (running !== undefined) await Promise.allSettled(running)
}

const mostFillingMs = 5000

/** One round of each at a time, so that nobody's events wait for the deliveries or the search of others. */
function makeDrain() {
  const db = () => sharedDatabase(settings().databaseUrl, settings().databasePool)
  return {
    running: new Set<Promise<unknown>>(),
    dispatch: new Rounds(() => dispatchEvents(db())),
    seal: new Rounds(() => sealAudit(db())),
    steps: new Rounds(() => takeSteps(db())),
    jobs: new Rounds(() => drainJobs(jobOptions())),
    search: new Rounds(() => {
      const endAt = performance.now() + mostFillingMs
      return fillSearch(db(), () => performance.now() < endAt)
    }),
  }
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
 * Dispatches the outbox, then seals the audit log, takes the steps of what waits, does every job that is due, and for a few seconds makes
 * searchable what was asked for. Where one of them fails, the others are done all the same.
 * @returns how many of each
 * @throws AggregateError of what failed, at the end
 */
function drainOnce(): Promise<Drained> {
  const drain = (scope[drainKey] ??= makeDrain())
  const drained = drainAll(drain).finally(() => drain.running.delete(drained))
  drain.running.add(drained)
  return drained
}

async function drainAll(drain: ReturnType<typeof makeDrain>): Promise<Drained> {
  const [dispatched] = await Promise.allSettled([drain.dispatch.run()])
  const [sealed, jobs, ...others] = await Promise.allSettled([
    drain.seal.run(),
    drain.jobs.run(),
    drain.steps.run(),
    drain.search.run(),
  ])
  const failures = [dispatched, sealed, jobs, ...others].flatMap((one) =>
    one.status === 'rejected' ? [one.reason as unknown] : [],
  )
  if (failures.length > 0) throw new AggregateError(failures, 'Not everything could be done.')
  return {
    dispatched: valueOf(dispatched, 0),
    sealed: valueOf(sealed, 0),
    jobs: valueOf(jobs, { done: 0, failed: 0 }),
  }
}

function valueOf<T>(settled: PromiseSettledResult<T>, otherwise: T): T {
  return settled.status === 'fulfilled' ? settled.value : otherwise
}
