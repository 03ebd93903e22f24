import { renewed, requireAgentKey, type Context } from '@/lib/context'
import { linkBase } from '@/lib/paths'
import { credentialOf, refuseAct } from '@/lib/rights'
import { actInRun } from '@/lib/runs/in-run'
import { runOfApproval } from '@/lib/runs/lock'
import { requireApprovalId } from './id'
import { lookToAct, runOf } from './look'
import { tooLate } from './refuse-decision'
import { Approval, ApprovalById } from './schemas'
import { settle } from './settle'
import { Settlement } from './settlement'
import { transition } from './transition'
import { credentialsThatWait } from './wait'
import { approvalToWire } from './wire'
import { verb } from '@/lib/verb'

const need = { scope: 'run' } as const

/**
 * The agent withdraws its request. The second time changes nothing and answers the same.
 * @throws AppError `agent_key_required`, `not_found`, `already_decided`, `expired`
 */
export async function cancelApproval(given: Context, input: { id: string }): Promise<Approval> {
  const ctx = await renewed(given)
  requireAgentKey(ctx, 'run')
  requireApprovalId(input.id)
  const { actor, project } = ctx
  return actInRun(
    ctx,
    need,
    () => runOfApproval(ctx, input.id),
    async (db, wakes) => {
      const seen = await lookToAct(db, ctx, input.id, wakes)
      if (!seen?.scopes.includes('run')) return refuseAct(ctx, need)
      if (seen.hasDue) return undefined
      const outcome = transition(seen, 'cancel', seen.readAt)
      if (outcome.kind === 'refuse') {
        return outcome.status === 'cancelled'
          ? approvalToWire(seen, linkBase(ctx))
          : tooLate(ctx, seen, outcome.status)
      }
      const settlement = new Settlement(ctx, runOf(seen), seen.readAt)
      const resolved = settlement.resolve(seen, { change: 'cancel' })
      const right = { credential: credentialOf(actor, need) }
      const done = await settle(db, settlement, right, credentialsThatWait(ctx, seen.id))
      if (!done) return undefined
      const record = { ...resolved, runStatus: settlement.run.status }
      wakes.push({ projectId: project.id, approvalId: seen.id, settled: { record, live: done.live } })
      return approvalToWire(record, linkBase(ctx))
    },
  )
}

export const cancelVerb = verb(
  {
    summary: 'Withdraw a request',
    need,
    path: ApprovalById,
    output: Approval,
    refuses: ['not_found', 'already_decided', 'expired'],
    bucket: 'claim',
  },
  cancelApproval,
)
