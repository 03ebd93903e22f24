import { findApprovalOfCall } from '@/db/queries/approvals'
import { findRun, findToolCallOfRun, listRuns, listTrace, type RunFilter } from '@/db/queries/runs'
import { readMayLag } from '@/db/replica'
import { expireBeforeReading } from '@/lib/approvals/expire'
import { requireReader, type Context } from '@/lib/context'
import { linkBase } from '@/lib/links'
import { notFound } from './in-run'
import type { Run, RunWithSteps, ToolCall } from './schemas'
import { runToWire, runWithStepsToWire, toolCallToWire } from './wire'

/**
 * A run with its trace, by id or external id; what of it is due expires first.
 * @throws AppError `not_found`, `forbidden`
 */
export async function readRun(ctx: Context, idOrExternalId: string): Promise<RunWithSteps> {
  requireReader(ctx, ['read', 'run'])
  await expireBeforeReading(ctx)
  const record = await findRun(ctx.db, ctx.project.id, idOrExternalId)
  if (!record) throw notFound()
  const trace = await listTrace(ctx.db, ctx.project.id, record.id)
  return runWithStepsToWire(record, trace, linkBase(ctx))
}

/**
 * A page of runs, newest first; from a replica it may be some seconds old.
 * @throws AppError `invalid_cursor`, `forbidden`
 */
export async function readRuns(
  ctx: Context,
  filter: RunFilter,
): Promise<{ items: Run[]; next_cursor: string | null }> {
  requireReader(ctx, ['read', 'run'])
  await expireBeforeReading(ctx)
  const page = await readMayLag(ctx.db, (db) => listRuns(db, ctx.project.id, filter))
  return { items: page.items.map(runToWire), next_cursor: page.nextCursor }
}

/**
 * One tool call by the caller's id, so that an agent that comes back finds where it was.
 * @throws AppError `not_found`, `forbidden`
 */
export async function readToolCall(ctx: Context, run: string, toolCallId: string): Promise<ToolCall> {
  requireReader(ctx, ['read', 'run'])
  await expireBeforeReading(ctx)
  const record = await findRun(ctx.db, ctx.project.id, run)
  const call = record && (await findToolCallOfRun(ctx.db, ctx.project.id, record.id, toolCallId))
  if (!call) throw notFound()
  const approval = call.required
    ? ((await findApprovalOfCall(ctx.db, ctx.project.id, call.id)) ?? null)
    : null
  return toolCallToWire({ ...call, approval }, linkBase(ctx))
}
