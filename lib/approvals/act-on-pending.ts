import type { Transaction } from '@/db/client'
import type { Looked } from '@/db/queries/look'
import { findSeats } from '@/db/queries/voting'
import { approvalEvents } from '@/db/schema/approvals'
import { hasRole, requireRole, type Context, type MemberActor } from '@/lib/context'
import { AppError, type ErrorCode } from '@/lib/errors'
import { eligibilityOf } from '@/lib/policy/people'
import { assertStillAllowed } from '@/lib/rights'
import { inRun } from '@/lib/runs/in-run'
import { runOfApproval } from '@/lib/runs/lock'
import type { Wake } from '@/lib/wake/wake'
import { whyNotWords } from './can-decide'
import { requireApprovalId } from './id'
import { lookToAct } from './look'
import { isOwnRequest, ownRequestWords, refuseNow } from './refuse-decision'
import { lookedToWire } from './read'
import type { Approval } from './schemas'
import { votingOf } from './voting'

/** What `actOnPending` may refuse. */
export const refusesOfPending = [
  'agent_key_cannot_decide',
  'not_found',
  'already_decided',
  'expired',
  'cancelled',
] as const satisfies ErrorCode[]

type Work = (
  tx: Transaction,
  ctx: Context<MemberActor>,
  seen: Looked,
  wakes: Wake[],
) => Promise<AppError | undefined>

/**
 * The frame of what a reviewer does about a request that waits, and that does not end it: with the run held, by the
 * database's clock.
 * @returns the approval as it then stands
 * @throws AppError `agent_key_cannot_decide`, `forbidden`, `invalid_id`, `not_found`, and where it is over
 * `already_decided`, `expired`, `cancelled`
 */
export async function actOnPending(ctx: Context, id: string, work: Work): Promise<Approval> {
  const { actor } = ctx
  if (actor.type === 'key')
    throw new AppError('agent_key_cannot_decide', 'An agent key never acts on what waits for a person.')
  requireRole(ctx, 'reviewer')
  if (actor.type !== 'user') throw new AppError('forbidden', 'A member does this, not a command.')
  const known = { ...ctx, actor }
  requireApprovalId(id)
  return inRun(ctx, runOfApproval(ctx, id), async (tx, { wakes }) => {
    await assertStillAllowed(tx, ctx, 'reviewer')
    const seen = await lookToAct(tx, ctx, id, wakes)
    if (!seen) return undefined
    const over = refuseNow(ctx, seen, 'reject', undefined)
    if (over) return over
    const refusal = await work(tx, known, seen, wakes)
    if (refusal) return refusal
    wakes.push({ projectId: ctx.project.id, approvalId: id })
    const now = await lookToAct(tx, ctx, id, wakes)
    return now && lookedToWire(tx, ctx, now)
  })
}

/** Writes the event by which consoles, streams and notices learn of it. */
export async function addEvent(
  tx: Transaction,
  { projectId, id }: Pick<Looked, 'projectId' | 'id'>,
  type: typeof approvalEvents.$inferInsert.type,
): Promise<void> {
  await tx.insert(approvalEvents).values({ projectId, approvalId: id, type })
}

/** Why somebody who may not decide on it may not do this either; null for who may, and for admins. */
export async function refuseIneligible(
  tx: Transaction,
  { actor, project }: Context<MemberActor>,
  seen: Looked,
): Promise<AppError | null> {
  if (hasRole(actor.role, 'admin')) return null
  const seats = await findSeats(tx, project.id, actor.id)
  const voting = votingOf(seen, seats)
  if (!voting)
    return !seen.allowOwnRequest && isOwnRequest(seen, actor)
      ? new AppError('own_request', ownRequestWords)
      : null
  const { terms, asked, people } = voting
  const may = eligibilityOf(actor.id, terms, asked, people, seats.absences, seen.readAt)
  return may.allowed ? null : new AppError(may.because, whyNotWords(voting, may, seen.readAt))
}
