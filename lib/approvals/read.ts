import { findApproval, listApprovals, type ApprovalFilter } from '@/db/queries/approvals'
import { requireReader, type Context } from '@/lib/context'
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
 * A page of approvals: pending first, newest first within.
 * @throws AppError `invalid_cursor`, `forbidden`
 */
export async function readApprovals(
  ctx: Context,
  filter: ApprovalFilter,
): Promise<{ items: Approval[]; next_cursor: string | null }> {
  requireReader(ctx, ['read', 'run'])
  await expireBeforeReading(ctx)
  const page = await listApprovals(ctx.db, ctx.project.id, filter)
  return {
    items: page.items.map((record) => approvalToWire(record, linkBase(ctx))),
    next_cursor: page.nextCursor,
  }
}
