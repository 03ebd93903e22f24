import { isNotNull, or, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { projects } from '@/db/schema/identity'
import { isAuditDue, pruneAudit } from '@/lib/audit/prune'
import { applyDuePeriods } from './audit-period'
import { pruneRuns } from './runs'
import { commonPrunes, tracePrunes, type Prune } from './traces'

const pruneLock = 7_340_219
/** Rest between two batches, for everybody else. */
const restMs = 25

/**
 * Deletes what each project's periods no longer keep, and what has expired for everybody: in small batches, each
 * a short transaction of its own, one kind after the other and around again, one pruner at a time over all
 * processes. Where a batch fails the others go on, and the failure is thrown at the end.
 * @param mayGoOn asked before each batch; what is left when it says no is done the next time
 * @returns how many rows were deleted, not counting what hung on them
 */
export async function pruneOld(db: Database, mayGoOn: () => boolean): Promise<{ pruned: number }> {
  let left = await listPrunes(db)
  let pruned = 0
  const failures: unknown[] = []
  while (left.length > 0) {
    const more: Prune[] = []
    for (const one of left) {
      if (!mayGoOn()) return finish(pruned, failures)
      try {
        const count = await alone(db, one)
        if (count === undefined) return finish(pruned, failures)
        if (count === 0) continue
        pruned += count
        more.push(one)
        await new Promise((resolve) => setTimeout(resolve, restMs))
      } catch (error) {
        failures.push(error)
      }
    }
    left = more
  }
  return finish(pruned, failures)
}

function finish(pruned: number, failures: unknown[]): { pruned: number } {
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} prunings failed`)
  return { pruned }
}

/** In a transaction of its own, unless another process prunes: then undefined. */
async function alone(db: Database, one: Prune): Promise<number | undefined> {
  return db.transaction(async (tx) => {
    const [lock] = await tx.execute<{ held: boolean }>(
      sql`select pg_try_advisory_xact_lock(${pruneLock}) as held`,
    )
    return lock?.held ? one(tx) : undefined
  })
}

async function listPrunes(db: Database): Promise<Prune[]> {
  await db.transaction((tx) => applyDuePeriods(tx))
  const rows = await db
    .select()
    .from(projects)
    .where(or(isNotNull(projects.retentionDays), isNotNull(projects.auditRetentionDays)))
    // In any order: where time is short, nobody is last each time.
    .orderBy(sql`random()`)
  const prunes = [...commonPrunes]
  for (const project of rows) {
    const { id, retentionDays: days, auditRetentionDays: auditDays } = project
    if (days !== null) prunes.push((tx) => pruneRuns(tx, id, days), ...tracePrunes(id, days))
    if (auditDays !== null && (await isAuditDue(db, id, auditDays)))
      prunes.push((tx) => pruneAudit(tx, project, auditDays))
  }
  return prunes
}
