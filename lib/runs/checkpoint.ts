import { eq, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { findCheckpoint, runNamed } from '@/db/queries/runs'
import { checkpoints } from '@/db/schema/runs'
import { requireAgentKey, type Context } from '@/lib/context'
import { AppError, notFound } from '@/lib/errors'
import { assertStillAllowed } from '@/lib/rights'
import { inRun } from './in-run'
import { isFinished } from './statuses'
import { RunById } from './schemas'
import { verb, type Bytes, type Precondition } from '@/lib/verb'

export type Checkpoint = Bytes & {
  /** Counts the saves from 1. */
  version: number
}

/**
 * Keeps an agent's own state with the run, in place of what was kept before.
 * @param input `body` opaque bytes, 1 MiB at most; `precondition` what the version in force must be
 * @returns the version that this is
 * @throws AppError `agent_key_required`, `not_found`, `run_finished`; `precondition_failed` with the version in force,
 * where somebody else has saved since
 */
export async function saveCheckpoint(
  ctx: Context,
  input: Bytes & { run: string; precondition?: Precondition | undefined },
): Promise<Pick<Checkpoint, 'version'>> {
  requireAgentKey(ctx, 'run')
  const { run, contentType, body, precondition } = input
  return inRun(ctx, runNamed(run), async (tx, locked) => {
    await assertStillAllowed(tx, ctx, { scope: 'run' })
    const runId = locked.row.id
    if (isFinished(locked.row.status))
      return new AppError('run_finished', 'The run has ended; its checkpoint stays.')
    if (precondition) {
      const inForce = await versionOf(tx, runId)
      if (!precondition(inForce)) return changedMeanwhile(inForce)
    }
    const [saved] = await tx
      .insert(checkpoints)
      .values({ runId, projectId: ctx.project.id, contentType, body })
      .onConflictDoUpdate({
        target: checkpoints.runId,
        set: {
          contentType,
          body,
          version: sql`${checkpoints.version} + 1`,
          updatedAt: sql`clock_timestamp()`,
        },
      })
      .returning({ version: checkpoints.version })
    return saved
  })
}

/** Null where none is kept. */
async function versionOf(tx: Transaction, runId: string): Promise<number | null> {
  const [kept] = await tx
    .select({ version: checkpoints.version })
    .from(checkpoints)
    .where(eq(checkpoints.runId, runId))
  return kept?.version ?? null
}

function changedMeanwhile(version: number | null): AppError {
  const detail =
    version === null
      ? 'No checkpoint is kept with this run.'
      : `Another checkpoint is in force (version ${version}): somebody else goes on with this run. Read it again.`
  return new AppError('precondition_failed', detail, {
    members: { version },
    headers: version === null ? {} : { ETag: `"${version}"` },
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
  const { body, contentType, version } = row
  if (body === null || contentType === null || version === null) {
    throw new AppError('no_checkpoint', 'No checkpoint is kept with this run.')
  }
  return { contentType, body, version }
}

export const saveCheckpointVerb = verb(
  {
    summary: 'Keep state with a run',
    need: { scope: 'run' },
    path: RunById,
    input: { media: '*/*' },
    output: null,
    refuses: ['not_found', 'run_finished', 'precondition_failed'],
    bucket: 'ask',
    versioned: true,
  },
  (ctx, { id: run, ...input }) => saveCheckpoint(ctx, { ...input, run }),
)

export const readCheckpointVerb = verb(
  {
    summary: 'Read the state kept with a run',
    need: { scope: 'run' },
    path: RunById,
    output: { media: '*/*' },
    refuses: ['not_found', 'no_checkpoint'],
    versioned: true,
  },
  (ctx, { id }) => readCheckpoint(ctx, id),
)
