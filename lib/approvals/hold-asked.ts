import { findToolCallOfRun } from '@/db/queries/runs'
import type { Context } from '@/lib/context'
import type { Asked } from './asked'
import { waitForApproval, type Wait } from './wait'

/**
 * Holds an ask until the approval of its call has left `pending`, or the time is up.
 * @throws AppError what `waitForApproval` throws
 */
export async function holdAsked(ctx: Context, asked: Asked, wait: Wait): Promise<Asked> {
  if (asked.approval?.status !== 'pending') return asked
  const approval = await waitForApproval(ctx, asked.approval.id, wait)
  if (approval.resultStatus === null) return asked.since(approval)
  // Somebody else has claimed it and told the result before this was answered.
  const call = await findToolCallOfRun(ctx.db, ctx.project.id, approval.runId, approval.toolCallId)
  return asked.since(approval, call)
}
