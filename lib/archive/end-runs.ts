import { eq } from 'drizzle-orm'
import { listPendingOfRun } from '@/db/queries/approvals'
import { findArchive, listOpenRuns } from '@/db/queries/archive'
import { findProject } from '@/db/queries/members'
import { runs } from '@/db/schema/runs'
import { noRight, settle } from '@/lib/approvals/settle'
import { Settlement } from '@/lib/approvals/settlement'
import { holdpointActor, type Context } from '@/lib/context'
import { projectOf } from '@/lib/members/wire'
import { inRun } from '@/lib/runs/in-run'
import { isFinished } from '@/lib/runs/statuses'

/** Of one round. */
const perRound = 100
/** At the same moment, which leaves connections for others. */
const atOnce = 4

/**
 * Ends the open runs of a project that is archived, those with something pending first, and cancels that: by the one
 * door, run by run, as Holdpoint's own act. Does nothing where the project is not archived (any more). Safe to run
 * anywhere at any time.
 * @param withinMs begins no other run later than this
 */
export async function endRunsOfArchived(
  { db, project, appUrl, limits, origin }: Omit<Context, 'actor'>,
  withinMs = Number.POSITIVE_INFINITY,
): Promise<void> {
  const ctx: Context = { db, project, actor: holdpointActor, appUrl, limits, origin }
  const begun = performance.now()
  const isInTime = () => performance.now() - begun < withinMs
  do {
    const archive = await findArchive(db, project.id)
    const open = archive ? await listOpenRuns(db, project.id, perRound) : []
    if (!archive || open.length === 0) return
    const because = `The project was archived by ${archive.by}.`
    const worker = async () => {
      for (let id = open.shift(); id !== undefined && isInTime(); id = open.shift())
        await endRun(ctx, id, because)
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
  } while (isInTime())
}

/** The same by a job, which knows the project's id alone. */
export async function endRunsByJob({ db, appUrl }: Pick<Context, 'db' | 'appUrl'>, projectId: string) {
  const project = await findProject(db, projectId)
  if (!project) return
  await endRunsOfArchived({ db, appUrl, project: projectOf(project), limits: { maxPendingPerAgent: 0 } })
}

async function endRun(ctx: Context, runId: string, because: string): Promise<void> {
  const { id: projectId } = ctx.project
  await inRun<true>(ctx, eq(runs.id, runId), async (tx, { row, auditRuns, now, wakes }) => {
    if (isFinished(row.status)) return true
    const settlement = new Settlement(ctx, { ...row, auditRuns }, now)
    settlement.finish('cancelled', { output: null, error: JSON.stringify(because), truncatedBytes: null })
    const pending = row.pendingCount > 0 ? await listPendingOfRun(tx, projectId, row.id) : []
    settlement.cancelRest(pending, because)
    if (!(await settle(tx, settlement, noRight))) return undefined
    wakes.push(...settlement.ids.map((approvalId) => ({ projectId, approvalId })))
    return true
  })
}
