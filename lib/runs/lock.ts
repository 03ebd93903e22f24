import { and, eq, sql, type SQL } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { listDueOfRun } from '@/db/queries/approvals'
import { approvals } from '@/db/schema/approvals'
import { projects } from '@/db/schema/identity'
import { runs } from '@/db/schema/runs'
import { resolveApproval } from '@/lib/approvals/resolve'
import type { Context, SystemActor } from '@/lib/context'
import type { Wake } from '@/lib/wake/wake'

export const holdpointActor: SystemActor = {
  type: 'system',
  id: 'holdpoint',
  label: 'Holdpoint',
  via: 'system',
}

/** A run whose row this transaction holds. Writers keep its fields in step with what they write. */
export type LockedRun = {
  row: typeof runs.$inferSelect
  allowOwnRequest: boolean
  /** Whether the project's audit log tells of runs. */
  auditRuns: boolean
  /** The database's clock, read after the lock was won. */
  now: Date
  /** What changed under this lock, to be told after the commit. */
  wakes: Wake[]
}

export function isFinished(status: (typeof runs.$inferSelect)['status']): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
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
  const [found] = await tx
    .select({ row: runs, allowOwnRequest: projects.allowOwnRequest, auditRuns: projects.auditRuns })
    .from(runs)
    .innerJoin(projects, eq(projects.id, runs.projectId))
    .where(and(eq(runs.projectId, ctx.project.id), where))
    .for('update', { of: runs })
  if (!found) return undefined
  // Only now: a clock read in the locking statement may be from before the wait for the lock.
  const [clock, due] = await Promise.all([
    tx.execute<{ now: string }>(sql`select clock_timestamp() as now`),
    found.row.pendingCount > 0 ? listDueOfRun(tx, ctx.project.id, found.row.id) : [],
  ])
  const locked: LockedRun = { ...found, now: new Date(clock[0]?.now ?? Number.NaN), wakes: [] }
  // An expiry that a request came upon is not that request's act.
  const system = { ...ctx, actor: holdpointActor, origin: undefined }
  for (const approval of due) {
    if (isFinished(locked.row.status)) break
    await resolveApproval(tx, system, locked, approval, { change: 'expire' })
  }
  return locked
}
