import { isTransaction } from '@/db/client'
import type { Looked } from '@/db/queries/look'
import { hasRole, renewed, requireRole, type Context, type MemberActor } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { isId } from '@/lib/ids'
import { linkBase } from '@/lib/paths'
import { refuseAct } from '@/lib/rights'
import { actInRun, onlyHeld } from '@/lib/runs/in-run'
import { runOfApproval } from '@/lib/runs/lock'
import { requireApprovalId } from './id'
import { keepDecided } from './lately-decided'
import { lookToAct } from './look'
import { recordRefusedDecisions } from './record-refusal'
import { isSaidAgain, reasonOf, refuseDecision } from './refuse-decision'
import { Approval, ApprovalById, DecideInput, type Decide } from './schemas'
import { conclude, wakesOf } from './conclude'
import { override } from './override'
import { vote } from './vote'
import { approvalToWire } from './wire'
import { verb } from '@/lib/verb'

export type Decided = { approval: Approval; isReplay: boolean }

/**
 * Records a person's decision: approval, run, audit entry and outbox in one statement, by the database's clock; where
 * the policy says who decides, their vote, with the run held, which ends the approval once it completes what is
 * demanded. With `on_rejection: fail` a rejection ends the run and cancels what else of it is pending. A refusal for want of a right
 * or because of the digest is recorded. The same member's same decision and reason again within a minute writes
 * nothing and answers the approval as it stands.
 * @param input `reason` at most 4,096 characters; `digest` where given must be the stored one
 * @throws AppError `agent_key_cannot_decide`, `forbidden`, `not_found`, `own_request`, `excluded`, `not_a_reviewer`,
 * `already_decided`, `expired`, `cancelled`, `agent_paused` or `project_archived` where it is to be approved (each of
 * the five with the approval), `digest_mismatch`,
 * `nothing_to_withdraw`, `reason_required`
 */
export async function decideOnce(ctx: Context, input: Decide): Promise<Decided> {
  try {
    return await decide(ctx, input)
  } catch (error) {
    await recordRefusedDecisions(ctx, [input], error)
    throw error
  }
}

/** The same for who need not know whether it was decided before. */
export async function decideApproval(ctx: Context, input: Decide): Promise<Approval> {
  return (await decideOnce(ctx, input)).approval
}

async function decide(ctx: Context, input: Decide): Promise<Decided> {
  const { actor } = ctx
  if (actor.type !== 'user' || !isId('approval', input.id)) return refuseBeforeLooking(ctx, input.id)
  const known = { ...ctx, actor }
  return actInRun(
    ctx,
    'reviewer',
    () => runOfApproval(ctx, input.id),
    async (db, wakes) => {
      const seen = await lookToAct(db, ctx, input.id, wakes)
      const reviewer = seen && reviewerOf(seen, actor)
      if (!seen || !reviewer) return refuseAct(ctx, 'reviewer')
      if (isSaidAgain(seen, reviewer, input))
        return { approval: approvalToWire(seen, linkBase(ctx)), isReplay: true }
      if (seen.hasDue) return undefined
      const { decision, override: glass } = input
      if (glass)
        return isTransaction(db)
          ? override(db, known, seen, reviewer, { ...input, override: glass }, wakes)
          : onlyHeld
      if (seen.terms !== null || decision === 'withdraw' || input.params !== undefined)
        return isTransaction(db) ? vote(db, known, seen, reviewer, input, wakes) : onlyHeld
      const refusal = refuseDecision(ctx, seen, reviewer, { ...input, decision })
      if (refusal) return refusal
      const done = await conclude(db, known, seen, reviewer, {
        change: 'decide',
        decision,
        reason: reasonOf(input),
        reviewer,
      })
      if (!done) return undefined
      const { record } = done
      // of a run that runs nothing is pending, so nothing can be past its deadline
      if (record.status === 'approved' && record.runStatus === 'running') keepDecided(ctx.db, record)
      wakes.push(...wakesOf(done))
      return { approval: approvalToWire(record, linkBase(ctx)), isReplay: false }
    },
  )
}

/** An agent can never decide, by whatever way; and what is no id names nothing. */
async function refuseBeforeLooking(given: Context, id: string): Promise<never> {
  const ctx = await renewed(given)
  if (ctx.actor.type === 'key') {
    const detail = 'An agent key can never decide; a member can, signed in or by a personal token.'
    throw new AppError('agent_key_cannot_decide', detail)
  }
  requireRole(ctx, 'reviewer')
  requireApprovalId(id)
  throw new Error('a decision was refused for no reason')
}

/** The member behind the credential as the database knows them now, where they may decide. */
function reviewerOf(seen: Looked, actor: MemberActor): MemberActor | undefined {
  const { personId: id, personName: name, personEmail: email, role } = seen
  if (id === null || email === null || role === null || !hasRole(role, 'reviewer')) return undefined
  return { ...actor, id, name, email, role, label: name ?? email }
}

export const decideVerb = verb(
  {
    summary: 'Approve or reject',
    need: 'reviewer',
    judgesItself: true,
    path: ApprovalById,
    input: DecideInput,
    source: true,
    output: Approval,
    made: Approval,
    refuses: [
      'agent_key_cannot_decide',
      'own_request',
      'excluded',
      'not_a_reviewer',
      'not_found',
      'already_decided',
      'expired',
      'cancelled',
      'digest_mismatch',
      'edit_not_allowed',
      'edit_unchanged',
      'edit_needs_other_rule',
      'nothing_to_withdraw',
      'reason_required',
      'agent_paused',
      'project_archived',
    ],
    bucket: 'decide',
    proves: true,
  },
  decideOnce,
)
