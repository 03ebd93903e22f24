import { lockApproval } from '@/db/queries/approvals'
import { renewed, requireRole, type Context, type MemberActor } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { linkBase } from '@/lib/links'
import { assertStillAllowed } from '@/lib/rights'
import { inRun, notFound } from '@/lib/runs/in-run'
import { runOfApproval } from '@/lib/runs/lock'
import { decideDirectly } from './decide-direct'
import { requireApprovalId } from './id'
import { recordRefusedDecisions } from './record-refusal'
import { reasonOf, refuseDecision } from './refuse-decision'
import { resolveApproval } from './resolve'
import type { Approval, DecideInput } from './schemas'
import { approvalToWire } from './wire'

/**
 * Records a person's decision: approval, run, audit entry and outbox in one transaction, under the lock
 * of the run, by the database's clock.
 * @param input `reason` at most 4,096 characters; `digest` where given must be the stored one
 * @throws AppError `agent_key_cannot_decide`, `forbidden`, `not_found`, `own_request`, `already_decided`,
 * `expired`, `cancelled` (each of the three with the approval), `digest_mismatch`
 */
export async function decideApproval(ctx: Context, input: DecideInput & { id: string }): Promise<Approval> {
  return (await decideDirectly(ctx, input)) ?? decideUnderLock(await renewed(ctx), input)
}

/** The same under the lock of the run, with all that may be in the way of it; a refusal is recorded. */
export async function decideUnderLock(ctx: Context, input: DecideInput & { id: string }): Promise<Approval> {
  try {
    return await decideLocked(ctx, input)
  } catch (error) {
    await recordRefusedDecisions(ctx, [input], error)
    throw error
  }
}

async function decideLocked(ctx: Context, input: DecideInput & { id: string }): Promise<Approval> {
  refuseAgentKey(ctx)
  requireRole(ctx, 'reviewer')
  requireApprovalId(input.id)
  const reviewer: MemberActor = ctx.actor
  return inRun(ctx, runOfApproval(ctx, input.id), async (tx, locked) => {
    const [, approval] = await Promise.all([
      assertStillAllowed(tx, ctx, 'reviewer'),
      lockApproval(tx, ctx.project.id, input.id),
    ])
    if (!approval) throw notFound()
    const refusal = refuseDecision(ctx, locked, approval, reviewer, input)
    if (refusal) return refusal
    const resolved = await resolveApproval(tx, ctx, locked, approval, {
      change: 'decide',
      decision: input.decision,
      reason: reasonOf(input),
      reviewer,
    })
    return approvalToWire(resolved, linkBase(ctx))
  })
}

/**
 * An agent can never decide, by whatever way.
 * @throws AppError `agent_key_cannot_decide`
 */
function refuseAgentKey(ctx: Context): void {
  if (ctx.actor.type !== 'key') return
  const detail = 'An agent key can never decide; a member can, signed in or by a personal token.'
  throw new AppError('agent_key_cannot_decide', detail)
}
