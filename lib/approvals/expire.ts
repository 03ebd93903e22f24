import { and, asc, eq, lte, sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import { hasDueApproval } from '@/db/queries/approvals'
import { approvals } from '@/db/schema/approvals'
import { projects } from '@/db/schema/identity'
import { runs } from '@/db/schema/runs'
import type { Context } from '@/lib/context'
import { holdpointActor, lockRun } from '@/lib/runs/lock'
import { wake, type Wake } from '@/lib/wake/wake'

const runsPerTransaction = 25
/** Transactions at a time, each with runs of its own. */
const atOnce = 4

type Due = { runId: string; projectId: string; slug: string; name: string }

/**
 * Makes it so in the database that what nobody decided in time has expired: every approval past its
 * deadline by the database's clock, run by run, through the same transition as a decision. Safe to run
 * anywhere at any time; a run that somebody else is changing is left to them or to the next sweep.
 * @param projectId only this project's, for a reader who is about to look at them
 * @returns how many approvals expired or were cancelled by it
 */
export async function expireApprovals(db: Database, projectId?: string): Promise<{ expired: number }> {
  let expired = 0
  for (;;) {
    const due = await listDue(db, projectId)
    if (due.length === 0) return { expired }
    const wakes = (await Promise.all(shares(due).map((share) => expireShare(db, share)))).flat()
    expired += wakes.length
    if (wakes.length === 0) return { expired }
  }
}

/** Expires what of the reader's project is due, in the usual case by finding that nothing is. */
export async function expireBeforeReading(ctx: Context): Promise<void> {
  if (await hasDueApproval(ctx.db, ctx.project.id)) await expireApprovals(ctx.db, ctx.project.id)
}

async function listDue(db: Database, projectId?: string): Promise<Due[]> {
  const rows = await db
    .select({ runId: approvals.runId, projectId: projects.id, slug: projects.slug, name: projects.name })
    .from(approvals)
    .innerJoin(projects, eq(projects.id, approvals.projectId))
    .where(
      and(
        eq(approvals.status, 'pending'),
        lte(approvals.expiresAt, sql`clock_timestamp()`),
        projectId === undefined ? undefined : eq(approvals.projectId, projectId),
      ),
    )
    .orderBy(asc(approvals.expiresAt))
    .limit(runsPerTransaction * atOnce)
  return [...new Map(rows.map((row) => [row.runId, row])).values()].sort((a, b) =>
    a.runId < b.runId ? -1 : 1,
  )
}

function shares(due: Due[]): Due[][] {
  const made: Due[][] = []
  for (let at = 0; at < due.length; at += runsPerTransaction)
    made.push(due.slice(at, at + runsPerTransaction))
  return made
}

async function expireShare(db: Database, due: Due[]): Promise<Wake[]> {
  const wakes = await db.transaction((tx) => expireRuns(tx, db, due))
  wake(db, wakes)
  return wakes
}

/** Runs in the order of their ids, so that two sweepers never wait for each other in a circle. */
async function expireRuns(tx: Transaction, db: Database, due: Due[]): Promise<Wake[]> {
  const wakes: Wake[] = []
  for (const { runId, projectId, slug, name } of due) {
    const ctx: Context = {
      db,
      project: { id: projectId, slug, name, allowOwnRequest: false },
      actor: holdpointActor,
      appUrl: '',
      limits: { maxPendingPerAgent: 0 },
    }
    const locked = await lockRun(tx, ctx, eq(runs.id, runId))
    wakes.push(...(locked?.wakes ?? []))
  }
  return wakes
}
