import { and, eq, sql, type SQL } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { approvals } from '@/db/schema/approvals'
import { projects } from '@/db/schema/identity'
import { runs } from '@/db/schema/runs'
import { expireRuns } from '@/lib/approvals/expire-runs'
import type { Context } from '@/lib/context'
import type { Wake } from '@/lib/wake/wake'

/** A run whose row this transaction holds. Writers keep its fields in step with what they write. */
export type LockedRun = {
  row: typeof runs.$inferSelect
  /** Whether the project's audit log tells of runs. */
  auditRuns: boolean
  /** The database's clock, read after the lock was won. */
  now: Date
  /** What changed under this lock, to be told after the commit. */
  wakes: Wake[]
}

/** The run that an approval of the project belongs to. */
export function runOfApproval(ctx: Context, approvalId: string): SQL {
  return sql`${runs.id} = (select ${approvals.runId} from ${approvals}
    where ${approvals.id} = ${approvalId} and ${approvals.projectId} = ${ctx.project.id})`
}

/**
 * Locks one run of the project, then reads the clock, then expires what of it is due: from here on
 * nobody else changes the run, its calls or its approvals until this transaction ends.
 */
export async function lockRun(tx: Transaction, ctx: Context, where: SQL): Promise<LockedRun | undefined> {
  const lock = () =>
    tx
      .select({ row: runs, auditRuns: projects.auditRuns })
      .from(runs)
      .innerJoin(projects, eq(projects.id, runs.projectId))
      .where(and(eq(runs.projectId, ctx.project.id), where))
      .for('update', { of: runs })
  let [found] = await lock()
  if (!found) return undefined
  const wakes = found.row.pendingCount > 0 ? await expireRuns(tx, [found.row.id]) : []
  if (wakes.length > 0) [found] = await lock()
  // Only now: a clock read in the locking statement may be from before the wait for the lock.
  const [clock] = await tx.execute<{ now: string }>(sql`select clock_timestamp() as now`)
  return found && { ...found, now: new Date(clock?.now ?? Number.NaN), wakes }
}
