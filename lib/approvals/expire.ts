import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { hasDueApproval } from '@/db/queries/approvals'
import { listDueRuns, type DueRun } from '@/db/queries/expiry'
import type { Context } from '@/lib/context'
import { wake } from '@/lib/wake/wake'
import { expireRuns } from './expire-runs'

/** Of one transaction, unless a single run has more; one at a time, which leaves room for those who ask and decide. */
const approvalsPerTransaction = 200
const paramsBytesPerTransaction = 4 << 20

/** How long a reader waits for what is due to be written, and how soon it looks again. */
const readerWaitMs = 1000
const readerPauseMs = 20

/**
 * Makes it so in the database that what nobody decided in time has expired: every approval past its
 * deadline by the database's clock, many runs at a time, through the same transition as a decision. Safe to
 * run anywhere at any time; a run that somebody else is changing is left to them or to the next sweep. In
 * one process there is one sweep at a time; who comes meanwhile shares the one after it.
 * @param projectId only this project's, for a reader who is about to look at them
 * @returns how many approvals expired or were cancelled by it
 * @throws where a run cannot be expired; whatever else is due has been
 */
export function expireApprovals(db: Database, projectId?: string): Promise<{ expired: number }> {
  const key = projectId ?? ''
  const ofDatabase = sweeps.get(db) ?? new Map<string, Sweeping>()
  sweeps.set(db, ofDatabase)
  const before = ofDatabase.get(key)
  if (before?.next) return before.next
  if (before) {
    before.next = before.running.then(
      () => startSweep(db, ofDatabase, key),
      () => startSweep(db, ofDatabase, key),
    )
    return before.next
  }
  return startSweep(db, ofDatabase, key)
}

type Sweep = Promise<{ expired: number }>
type Sweeping = { running: Sweep; next?: Sweep }
const sweeps = new WeakMap<Database, Map<string, Sweeping>>()

function startSweep(db: Database, ofDatabase: Map<string, Sweeping>, key: string): Sweep {
  const sweeping: Sweeping = {
    running: sweep(db, key === '' ? undefined : key).finally(() => {
      if (ofDatabase.get(key) === sweeping && !sweeping.next) ofDatabase.delete(key)
    }),
  }
  ofDatabase.set(key, sweeping)
  return sweeping.running
}

async function sweep(db: Database, projectId?: string): Sweep {
  const failures = new Map<string, unknown>()
  for (let expired = 0; ;) {
    const due = await listDueRuns(db, approvalsPerTransaction, projectId)
    const runIds = firstOf(due.filter((run) => !failures.has(run.runId)))
    const failed = failures.size
    const begun = performance.now()
    const count = runIds.length === 0 ? 0 : await expireBatch(db, runIds, failures)
    expired += count
    if (count > 0 || failures.size > failed) {
      // In a flood as long again as it took, for those who ask and decide meanwhile.
      if (due.length >= approvalsPerTransaction) await pause(performance.now() - begun)
      continue
    }
    for (const failure of failures.values()) throw failure
    return { expired }
  }
}

/** Where one of the runs cannot be expired, the others are, each alone. */
async function expireBatch(db: Database, runIds: string[], failures: Map<string, unknown>): Promise<number> {
  try {
    return await expireTogether(db, runIds)
  } catch (error) {
    // In an outage each of them would fail, one by one.
    await db.execute(sql`select 1`)
    let count = 0
    if (runIds.length === 1) failures.set(runIds[0] ?? '', error)
    else for (const id of runIds) count += await expireBatch(db, [id], failures)
    return count
  }
}

async function expireTogether(db: Database, runIds: string[]): Promise<number> {
  const wakes = await db.transaction((tx) => expireRuns(tx, runIds))
  wake(db, wakes)
  return wakes.length
}

/** As many runs as one transaction takes, at least one; what is left is listed again. */
function firstOf(due: DueRun[]): string[] {
  let [approvals, bytes] = [0, 0]
  const taken = due.filter(({ pending, paramsBytes }, i) => {
    approvals += pending
    bytes += paramsBytes
    return i === 0 || (approvals <= approvalsPerTransaction && bytes <= paramsBytesPerTransaction)
  })
  return taken.map((run) => run.runId)
}

/**
 * Expires what of the reader's project is due, in the usual case by finding that nothing is. Where that
 * takes more than a second, the reader goes on: what is due reads as expired, written or not.
 */
export async function expireBeforeReading(ctx: Context): Promise<void> {
  const { db, project } = ctx
  if (!(await hasDueApproval(db, project.id))) return
  let isLate = false
  const late = pause(readerWaitMs).then(() => void (isLate = true))
  do {
    const done = await Promise.race([expireApprovals(db, project.id), late])
    // Somebody else holds what is due: a sweeper of another process, or a person who came too late.
    if (done?.expired === 0) await pause(readerPauseMs)
  } while (!isLate && (await hasDueApproval(db, project.id)))
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
