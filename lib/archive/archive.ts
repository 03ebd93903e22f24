import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { listOpenRuns } from '@/db/queries/archive'
import { readClock } from '@/db/queries/clock'
import { findProject } from '@/db/queries/members'
import { projects } from '@/db/schema/identity'
import { awaitReleases } from '@/db/writes/pause'
import { recordAudit } from '@/lib/audit/record'
import type { Context } from '@/lib/context'
import { AppError, notFound } from '@/lib/errors'
import { addJob } from '@/lib/jobs/add'
import { ProjectDetails } from '@/lib/members/schemas'
import { projectToWire } from '@/lib/members/wire'
import { rightOf, type Need } from '@/lib/need'
import { assertStillAllowed } from '@/lib/rights'
import { verb } from '@/lib/verb'
import { endRunsOfArchived } from './end-runs'
import { ArchiveInput } from './schemas'
import { tellArchive } from './tell'

/** It concerns everybody in the project, so those who own it; and whoever has the server's terminal. */
const need = { role: 'owner', orOperator: true } as const satisfies Need

/** For how long a request ends runs; a job does what is left then. */
const endsWithinMs = 3000

/** So soon after the archive a job ends what was begun in its midst. */
const sweepAfterMs = 5000

/**
 * Closes a project: once this has answered, no call of it is released or asked for, nothing is deployed and no key
 * made. Its open runs are ended, and what of them is pending is cancelled, as Holdpoint's own act that says who
 * archived it; of very many runs the last ones by a job. What is on record stays, to be read and exported. A second
 * time it changes nothing, but ends what is open.
 * @throws AppError `forbidden` below owner, `invalid_input` where `confirm` is not the project's slug
 */
export const archiveProject = verb(
  {
    summary: 'Archive the project: nothing is asked for or released in it',
    need,
    input: ArchiveInput,
    output: ProjectDetails,
    refuses: [],
    bucket: 'decide',
  },
  async (ctx, { confirm }) => {
    if (confirm !== ctx.project.slug) throw notConfirmed()
    await changeProject(ctx, 'archived')
    await endRunsOfArchived(ctx, endsWithinMs)
    return readProjectOf(ctx)
  },
)

/**
 * Opens an archived project again. Its runs stay ended, and agents that are paused for themselves stay so. What the
 * archive has not ended yet is ended first; where that takes longer than a few seconds, the project stays archived.
 * @throws AppError `forbidden` below owner, `unavailable` with Retry-After while runs from before are still open
 */
export const unarchiveProject = verb(
  {
    summary: 'Open an archived project again',
    need,
    output: ProjectDetails,
    refuses: [],
    bucket: 'decide',
  },
  async (ctx) => {
    const [open] = await listOpenRuns(ctx.db, ctx.project.id, 1)
    if (open !== undefined) await endRunsOfArchived(ctx, endsWithinMs)
    await changeProject(ctx, 'unarchived')
    return readProjectOf(ctx)
  },
)

async function readProjectOf(ctx: Context): Promise<ProjectDetails> {
  const project = await findProject(ctx.db, ctx.project.id)
  if (!project) throw notFound()
  return projectToWire(project)
}

function notConfirmed(): AppError {
  const detail = 'Write the project’s address, which is the first part of its pages’ paths.'
  return new AppError('invalid_input', detail, { errors: [{ pointer: '/confirm', detail }] })
}

function stillArchiving(): AppError {
  const detail = 'The project is still being archived: not all of its runs are ended. Try again in a moment.'
  return new AppError('unavailable', detail, { headers: { 'Retry-After': '2' } })
}

const actions = { archived: 'project.archived', unarchived: 'project.unarchived' } as const

async function changeProject(ctx: Context, is: 'archived' | 'unarchived'): Promise<void> {
  const { id, name: label, slug } = ctx.project
  await ctx.db.transaction(async (tx) => {
    // What asks and releases shares this lock: after it nobody is under way who has not seen the flag.
    if (is === 'archived') await awaitReleases(tx, id)
    await assertStillAllowed(tx, ctx, rightOf(ctx, need))
    if (!(await setFlag(tx, ctx, is))) return
    if (is === 'unarchived' && (await listOpenRuns(tx, id, 1)).length > 0) throw stillArchiving()
    await recordAudit(tx, ctx, {
      action: actions[is],
      target: { type: 'project', id, label },
      detail: { slug },
    })
    await tellArchive(tx, ctx, is)
    if (is === 'archived') await queueSweep(tx, id)
  })
}

/** @returns whether that changed anything */
async function setFlag(tx: Transaction, ctx: Context, is: 'archived' | 'unarchived'): Promise<boolean> {
  const isOther = is === 'archived' ? isNull(projects.archivedAt) : isNotNull(projects.archivedAt)
  const changed = await tx
    .update(projects)
    .set(
      is === 'archived'
        ? { archivedAt: sql`clock_timestamp()`, archivedBy: ctx.actor.label }
        : { archivedAt: null, archivedBy: null },
    )
    .where(and(eq(projects.id, ctx.project.id), isOther))
    .returning({ id: projects.id })
  return changed.length > 0
}

async function queueSweep(tx: Transaction, projectId: string): Promise<void> {
  const runAt = new Date((await readClock(tx)).getTime() + sweepAfterMs)
  await addJob(tx, 'end_runs', { project_id: projectId }, { key: `end_runs:${projectId}`, runAt })
}
