import { sql } from 'drizzle-orm'
import { findCheckpoint, runNamed } from '@/db/queries/runs'
import { checkpoints } from '@/db/schema/runs'
import { requireAgentKey, type Context } from '@/lib/context'
import { AppError, notFound } from '@/lib/errors'
import { assertStillAllowed } from '@/lib/rights'
import { inRun } from './in-run'
import { isFinished } from './statuses'
import { RunById } from './schemas'
import { verb } from '@/lib/verb'

export type Checkpoint = { contentType: string; body: Buffer }

/**
 * Keeps an agent's own state with the run, in place of what was kept before.
 * @param input `body` opaque bytes, 1 MiB at most
 * @throws AppError `agent_key_required`, `not_found`, `run_finished`
 */
export async function saveCheckpoint(ctx: Context, input: Checkpoint & { run: string }): Promise<void> {
  requireAgentKey(ctx, 'run')
  const { run, contentType, body } = input
  await inRun(ctx, runNamed(run), async (tx, locked) => {
    await assertStillAllowed(tx, ctx, { scope: 'run' })
    if (isFinished(locked.row.status))
      return new AppError('run_finished', 'The run has ended; its checkpoint stays.')
    const row = { runId: locked.row.id, projectId: ctx.project.id, contentType, body }
    await tx
      .insert(checkpoints)
      .values(row)
      .onConflictDoUpdate({
        target: checkpoints.runId,
        set: { contentType, body, updatedAt: sql`clock_timestamp()` },
      })
    return null
  })
}

/**
 * The bytes as they were kept, with their content type.
 * @throws AppError `not_found` without such a run, `no_checkpoint` without a checkpoint
 */
async function readCheckpoint(ctx: Context, run: string): Promise<Checkpoint> {
  requireAgentKey(ctx, 'run')
  const row = await findCheckpoint(ctx.db, ctx.project.id, run)
  if (!row) throw notFound()
  if (row.body === null || row.contentType === null) {
    throw new AppError('no_checkpoint', 'No checkpoint is kept with this run.')
  }
  return { contentType: row.contentType, body: row.body }
}

export const saveCheckpointVerb = verb(
  {
    summary: 'Keep state with a run',
    need: { scope: 'run' },
    path: RunById,
    input: { media: '*/*' },
    output: null,
    refuses: ['not_found', 'run_finished'],
    bucket: 'ask',
  },
  (ctx, { id: run, contentType, body }) => saveCheckpoint(ctx, { run, contentType, body }),
)

export const readCheckpointVerb = verb(
  {
    summary: 'Read the state kept with a run',
    need: { scope: 'run' },
    path: RunById,
    output: { media: '*/*' },
    refuses: ['not_found', 'no_checkpoint'],
  },
  (ctx, { id }) => readCheckpoint(ctx, id),
)
