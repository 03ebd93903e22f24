import { lockApproval } from '@/db/queries/approvals'
import { requireAgentKey, type Context } from '@/lib/context'
import { linkBase } from '@/lib/links'
import { assertStillAllowed } from '@/lib/rights'
import { inRun, notFound } from '@/lib/runs/in-run'
import { runOfApproval } from '@/lib/runs/lock'
import { tooLate } from './refuse-decision'
import { requireApprovalId } from './id'
import { resolveApproval } from './resolve'
import type { Approval } from './schemas'
import { transition } from './transition'
import { approvalToWire } from './wire'

/**
 * The agent withdraws its request. The second time changes nothing and answers the same.
 * @throws AppError `agent_key_required`, `not_found`, `already_decided`, `expired`
 */
export async function cancelApproval(ctx: Context, input: { id: string }): Promise<Approval> {
  requireAgentKey(ctx, 'run')
  requireApprovalId(input.id)
  return inRun(ctx, runOfApproval(ctx, input.id), async (tx, locked) => {
    const [, approval] = await Promise.all([
      assertStillAllowed(tx, ctx, { scope: 'run' }),
      lockApproval(tx, ctx.project.id, input.id),
    ])
    if (!approval) throw notFound()
    const outcome = transition(approval, 'cancel', locked.now)
    if (outcome.kind === 'refuse') {
      return outcome.status === 'cancelled'
        ? approvalToWire(approval, linkBase(ctx))
        : tooLate(ctx, approval, outcome.status)
    }
    if (outcome.kind !== 'change') return tooLate(ctx, approval, 'expired')
    const resolved = await resolveApproval(tx, ctx, locked, approval, { change: 'cancel' })
    return approvalToWire(resolved, linkBase(ctx))
  })
}
