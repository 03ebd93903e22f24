import { isNotNull, or, sql } from 'drizzle-orm'
import { codesOf } from '@/db/error-codes'
import type { Database } from '@/db/client'
import { listSetAside } from '@/db/queries/set-aside'
import { projects } from '@/db/schema/identity'
import { isAuditDue, pruneAudit } from '@/lib/audit/prune'
import { isOfTheRow } from '@/lib/work/in-turns'
import { setAside } from '@/lib/work/set-aside'
import { applyDuePeriods } from './audit-period'
import { PruneError, pruneRuns } from './runs'
import { commonPrunes, tracePrunes, type Prune } from './traces'

const pruneLock = 7_340_219
/** Rest between two batches, for everybody else. */
const restMs = 25

/** One kind, and how many rows its next batch may have. */
type Turn = { prune: Prune; rows: number }

/**
 * Deletes what each project's periods no longer keep, and what has expired for everybody: in small batches, each
 * a short transaction of its own, one kind after the other and around again, one pruner at a time over all
 * processes. Where a batch fails the others go on, and it is tried again with half as many rows; a run that cannot be
 * deleted alone is set aside, and of other rows the kind.
 * @param mayGoOn asked before each batch; what is left when it says no is done the next time
 * @returns how many rows were deleted, not counting what hung on them
 */
export async function pruneOld(db: Database, mayGoOn: () => boolean): Promise<{ pruned: number }> {
  let left = (await listPrunes(db)).map((prune): Turn => ({ prune, rows: prune.most }))
  let pruned = 0
  while (left.length > 0) {
    const more: Turn[] = []
    for (const one of left) {
      if (!mayGoOn()) return { pruned }
      try {
        const count = await alone(db, one)
        if (count === undefined) return { pruned }
        if (count === 0) continue
        pruned += count
        one.rows = Math.min(one.rows * 2, one.prune.most)
        more.push(one)
        await new Promise((resolve) => setTimeout(resolve, restMs))
      } catch (error) {
        if (await goesOn(db, one, error)) more.push(one)
      }
    }
    left = more
  }
  return { pruned }
}

/** The trigger that guards audit logs refuses so, and every table that the role has no right to. */
const refusedCode = '42501'

/**
 * Halves what failed, or sets aside what failed alone. What the database refuses is of the one kind of one project,
 * not of each row, and the others go on.
 * @returns whether it can be tried again at once
 */
async function goesOn(db: Database, one: Turn, error: unknown): Promise<boolean> {
  const isRefused = codesOf(error).includes(refusedCode)
  if (!isRefused && !isOfTheRow(error)) throw error
  if (one.rows > 1) {
    one.rows = Math.ceil(one.rows / 2)
    return true
  }
  const isRow = error instanceof PruneError && !isRefused
  const id = isRow ? error.subjectId : idOf(one.prune)
  await setAside(db, 'prune', { id, projectId: one.prune.projectId }, error)
  return isRow
}

const idOf = ({ name, projectId }: Prune) => `${name} of ${projectId}`

/** In a transaction of its own, unless another process prunes: then undefined. */
async function alone(db: Database, { prune, rows }: Turn): Promise<number | undefined> {
  return db.transaction(async (tx) => {
    const [lock] = await tx.execute<{ held: boolean }>(
      sql`select pg_try_advisory_xact_lock(${pruneLock}) as held`,
    )
    return lock?.held ? prune.run(tx, rows) : undefined
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
    const { id: projectId, retentionDays: days, auditRetentionDays: auditDays } = project
    if (days !== null) {
      const run: Prune['run'] = (tx, most) => pruneRuns(tx, projectId, days, most)
      prunes.push({ name: 'runs', projectId, most: 200, run }, ...tracePrunes(projectId, days))
    }
    if (auditDays !== null && (await isAuditDue(db, projectId, auditDays))) {
      const run: Prune['run'] = (tx, most) => pruneAudit(tx, project, auditDays, most)
      prunes.push({ name: 'audit', projectId, most: 1000, run })
    }
  }
  const aside = new Set(await listSetAside(db, 'prune'))
  return prunes.filter((one) => !aside.has(idOf(one)))
}
