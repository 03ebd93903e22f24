import type { Database } from '@/db/client'
import { hasDueApproval } from '@/db/queries/approvals'
import { listDueRuns, type DueRun } from '@/db/queries/expiry'
import type { Context } from '@/lib/context'
import { wake } from '@/lib/wake/wake'
import { upToBytes, workInTurns } from '@/lib/work/in-turns'
import { tryToExpire } from './expire-runs'

/** Of one round, unless a single run has more; one at a time, which leaves room for those who ask and decide. */
const perRound = { approvals: 200, bytes: 4 << 20 }

/** How long a reader waits for what is due to be written, and how soon it looks again. */
const readerWaitMs = 1000
const readerPauseMs = 20

/**
 * Makes it so in the database that what nobody decided in time has expired: every approval past its
 * deadline by the database's clock, many runs at a time, through the same transition as a decision. Projects have
 * their turns, and a run that cannot be expired is set aside: what is due of it reads as expired all the same. Safe to
 * run anywhere at any time; a run that somebody else is changing is left to them or to the next sweep. In
 * one process there is one sweep at a time; who comes meanwhile shares the one after it.
 * @param projectId only this project's, for a reader who is about to look at them
 * @returns how many approvals expired or were cancelled by it
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
  for (let expired = 0; ;) {
    const due = await listDueRuns(db, perRound, projectId)
    if (due.length === 0) return { expired }
    const begun = performance.now()
    const round = await workInTurns(db, 'expiry', firstOf(due), async (runs) => {
      const ids = runs.map((run) => run.id)
      const { expired: wakes, errors } = await tryToExpire(db, ids)
      wake(db, wakes)
      expired += wakes.length
      if (errors.length > 0) throw errors[0]
      return wakes.map((one) => one.runId)
    })
    if (round.done === 0 && round.failed === 0) return { expired }
    // In a flood half as long again as it took, for those who ask and decide meanwhile.
    if (due.length >= perRound.approvals) await pause((performance.now() - begun) / 2)
  }
}

/** As many runs as one round takes, at least one; what is left is listed again. */
function firstOf(due: DueRun[]): DueRun[] {
  let approvals = 0
  return upToBytes(due, perRound.bytes).filter(
    (run, at) => (approvals += run.pending) <= perRound.approvals || at === 0,
  )
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
