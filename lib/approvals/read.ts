import type { Database } from '@/db/client'
import { listApprovals, type ApprovalFilter } from '@/db/queries/approval-list'
import { findApproval } from '@/db/queries/approvals'
import { lookAtApproval } from '@/db/queries/look'
import { readMayLag } from '@/db/replica'
import { renewed, requireReader, type Context } from '@/lib/context'
import { isId } from '@/lib/ids'
import { linkBase } from '@/lib/links'
import { notFound } from '@/lib/runs/in-run'
import { expireBeforeReading } from './expire'
import { requireApprovalId } from './id'
import type { Approval } from './schemas'
import { approvalToWire, statusOf } from './wire'

/**
 * One approval as it stands now; if it is past its deadline, it expires first.
 * @throws AppError `invalid_id`, `not_found`, `forbidden`
 */
export async function readApproval(ctx: Context, id: string): Promise<Approval> {
  return (await readDirectly(ctx, id)) ?? readAfterExpiry(await renewed(ctx), id)
}

/** The usual look, in one statement with the credential's rights; undefined where there is more to do or say. */
async function readDirectly(ctx: Context, id: string): Promise<Approval | undefined> {
  const { actor, project } = ctx
  const keyId = actor.type === 'key' ? actor.id : actor.type === 'user' ? actor.keyId : null
  if (keyId === null || !isId('approval', id)) return undefined
  const seen = await lookAtApproval(ctx.db, { keyId, projectId: project.id, approvalId: id })
  if (!seen || statusOf(seen) !== seen.status) return undefined
  const mayRead =
    seen.kind === 'agent' ? seen.scopes.includes('read') || seen.scopes.includes('run') : seen.role !== null
  return mayRead ? approvalToWire(seen, linkBase(ctx)) : undefined
}

async function readAfterExpiry(ctx: Context, id: string): Promise<Approval> {
  requireReader(ctx, ['read', 'run'])
  requireApprovalId(id)
  let record = await findApproval(ctx.db, ctx.project.id, id)
  if (record && statusOf(record) !== record.status) {
    await expireBeforeReading(ctx)
    record = await findApproval(ctx.db, ctx.project.id, id)
  }
  if (!record) throw notFound()
  return approvalToWire(record, linkBase(ctx))
}

/**
 * A page of approvals: pending first, newest first within. From a replica it may be some seconds old, but not
 * for who looks for one run or call, to go on where it was, nor in the console, which shows what its person did.
 * @throws AppError `invalid_cursor`, `forbidden`
 */
export async function readApprovals(
  ctx: Context,
  filter: ApprovalFilter,
): Promise<{ items: Approval[]; next_cursor: string | null }> {
  requireReader(ctx, ['read', 'run'])
  await expireBeforeReading(ctx)
  const list = (db: Database) => listApprovals(db, ctx.project.id, filter)
  const page = await (mayLag(ctx, filter) ? readMayLag(ctx.db, list) : list(ctx.db))
  return {
    items: page.items.map((record) => approvalToWire(record, linkBase(ctx))),
    next_cursor: page.nextCursor,
  }
}

function mayLag({ actor }: Context, { runId, toolCallId }: ApprovalFilter): boolean {
  return actor.via !== 'console' && runId === undefined && toolCallId === undefined
}
