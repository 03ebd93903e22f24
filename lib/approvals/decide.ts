import { listPendingOfRun } from '@/db/queries/approvals'
import type { Looked } from '@/db/queries/look'
import { hasRole, renewed, requireRole, type Context, type MemberActor } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { isId } from '@/lib/ids'
import { linkBase } from '@/lib/paths'
import { credentialOf, refuseAct } from '@/lib/rights'
import { actInRun } from '@/lib/runs/in-run'
import { runOfApproval } from '@/lib/runs/lock'
import { requireApprovalId } from './id'
import { keepDecided } from './lately-decided'
import { lookToAct, runOf } from './look'
import { recordRefusedDecisions } from './record-refusal'
import { isOwnRequest, isSaidAgain, reasonOf, refuseDecision } from './refuse-decision'
import { Approval, ApprovalById, DecideInput } from './schemas'
import { becauseRunFailed } from './resolution'
import { settle } from './settle'
import { Settlement } from './settlement'
import { credentialsThatWait } from './wait'
import { approvalToWire } from './wire'
import { verb } from '@/lib/verb'

export type Decided = { approval: Approval; isReplay: boolean }

/**
 * Records a person's decision: approval, run, audit entry and outbox in one statement, by the database's clock. With
 * `on_rejection: fail` a rejection ends the run and cancels what else of it is pending. A refusal for want of a right
 * or because of the digest is recorded. The same member's same decision and reason again within a minute writes
 * nothing and answers the approval as it stands.
 * @param input `reason` at most 4,096 characters; `digest` where given must be the stored one
 * @throws AppError `agent_key_cannot_decide`, `forbidden`, `not_found`, `own_request`, `already_decided`,
 * `expired`, `cancelled` (each of the three with the approval), `digest_mismatch`
 */
export async function decideOnce(ctx: Context, input: DecideInput & { id: string }): Promise<Decided> {
  try {
    return await decide(ctx, input)
  } catch (error) {
    await recordRefusedDecisions(ctx, [input], error)
    throw error
  }
}

/** The same for who need not know whether it was decided before. */
export async function decideApproval(ctx: Context, input: DecideInput & { id: string }): Promise<Approval> {
  return (await decideOnce(ctx, input)).approval
}

async function decide(ctx: Context, input: DecideInput & { id: string }): Promise<Decided> {
  const { actor, project } = ctx
  if (actor.type !== 'user' || !isId('approval', input.id)) return refuseBeforeLooking(ctx, input.id)
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
      const refusal = refuseDecision(ctx, seen, reviewer, input)
      if (refusal) return refusal
      const { decision } = input
      const settlement = new Settlement({ ...ctx, actor: reviewer }, runOf(seen), seen.readAt)
      const reason = reasonOf(input)
      const resolved = settlement.resolve(seen, { change: 'decide', decision, reason, reviewer })
      if (settlement.leftBehind > 0)
        settlement.cancelRest(await listPendingOfRun(db, project.id, seen.runId), becauseRunFailed(seen.tool))
      const right = { credential: credentialOf(actor, 'reviewer'), isOwn: isOwnRequest(seen, reviewer) }
      const done = await settle(db, settlement, right, credentialsThatWait(ctx, seen.id))
      if (!done) return undefined
      const record = { ...resolved, runStatus: settlement.run.status }
      // of a run that runs nothing is pending, so nothing can be past its deadline
      if (record.status === 'approved' && record.runStatus === 'running') keepDecided(ctx.db, record)
      wakes.push({ projectId: project.id, approvalId: seen.id, settled: { record, live: done.live } })
      for (const id of settlement.ids)
        if (id !== seen.id) wakes.push({ projectId: project.id, approvalId: id })
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
    output: Approval,
    made: Approval,
    refuses: [
      'agent_key_cannot_decide',
      'own_request',
      'not_found',
      'already_decided',
      'expired',
      'cancelled',
      'digest_mismatch',
    ],
    bucket: 'decide',
    proves: true,
  },
  decideOnce,
)
