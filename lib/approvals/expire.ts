import { onceFor, type Database } from '@/db/client'
import { hasDueApproval } from '@/db/queries/approvals'
import { listDueRuns, type DueRun } from '@/db/queries/expiry'
import type { Context } from '@/lib/context'
import { wake } from '@/lib/wake/wake'
import { workInTurns } from '@/lib/work/in-turns'
import { tryToExpire } from './expire-runs'

/** Of one round, unless a single run has more; one at a time, which leaves room for those who ask and decide. */
const perRound = { approvals: 200, bytes: 4 << 20 }
/** What is due is listed for a few rounds. */
const perList = { approvals: 1000, bytes: perRound.bytes }

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
  const ofDatabase = sweeps(db)
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
const sweeps = onceFor(() => new Map<string, Sweeping>())

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
  let expired = 0
  const expire = async (runs: DueRun[]) => {
    const ids = runs.map((run) => run.id)
    const { expired: wakes, errors } = await tryToExpire(db, ids)
    wake(db, wakes)
    expired += wakes.length
    if (errors.length > 0) throw errors[0]
    return wakes.map((one) => one.runId)
  }
  for (;;) {
    const due = await listDueRuns(db, perList, projectId)
    const isFlood = due.length >= perRound.approvals
    let hasMoved = false
    for (const runs of roundsOf(due)) {
      const begun = performance.now()
      const { done, failed } = await workInTurns(db, 'expiry', runs, expire)
      hasMoved ||= done > 0 || failed > 0
      if (failed > 0) break
      // In a flood a third as long again as it took, for those who ask and decide meanwhile.
      if (isFlood) await pause((performance.now() - begun) / 3)
    }
    if (!hasMoved) return { expired }
  }
}

/** What is due in rounds of one run at least; what a round leaves is listed again. */
function* roundsOf(due: DueRun[]): Generator<DueRun[]> {
  let round: DueRun[] = []
  let [approvals, bytes] = [0, 0]
  for (const run of due) {
    if (
      round.length > 0 &&
      (approvals + run.pending > perRound.approvals || bytes + run.bytes > perRound.bytes)
    ) {
      yield round
      round = []
      approvals = bytes = 0
    }
    round.push(run)
    approvals += run.pending
    bytes += run.bytes
  }
  if (round.length > 0) yield round
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
