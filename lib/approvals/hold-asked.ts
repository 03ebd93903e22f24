import type { ApprovalRecord } from '@/db/queries/approvals'
import { findToolCallOfRun } from '@/db/queries/runs'
import type { Context } from '@/lib/context'
import type { Asked } from './asked'
import { claimForAsk } from './claim'
import { waitForApproval } from './wait'
import type { Wait } from '@/lib/wake/room'

/**
 * Holds an ask until the approval of its call has left `pending`, or the time is up; and where it is approved by then,
 * or was before, claims it by the id that came with the ask. Nothing is claimed for who has hung up.
 * @throws AppError what waiting and claiming throw
 */
export async function holdAsked(
  ctx: Context,
  asked: Asked,
  wait: Wait,
  claimId: string | undefined,
): Promise<Asked> {
  let { approval } = asked
  if (!approval) return asked
  if (approval.status === 'pending' && wait.seconds > 0)
    approval = await waitForApproval(ctx, approval.id, { ...wait, isNew: !asked.isReplay })
  let isClaimed = false
  if (claimId !== undefined && approval.status === 'approved' && !wait.signal.aborted)
    ({ approval, isClaimed } = await claimForAsk(ctx, approval, claimId))
  return asked.since({ approval, isClaimed, call: await toldSince(ctx, asked, approval) })
}

/** The call with what somebody else has told of it since it was asked for. */
async function toldSince(ctx: Context, asked: Asked, { runId, toolCallId, resultStatus }: ApprovalRecord) {
  if (resultStatus === null || resultStatus === asked.approval?.resultStatus) return undefined
  return findToolCallOfRun(ctx.db, ctx.project.id, runId, toolCallId)
}
