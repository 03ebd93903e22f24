import type { Transaction } from '@/db/client'
import type { Looked } from '@/db/queries/look'
import { findSeats, type Seats } from '@/db/queries/voting'
import { approvalEvents, decisions } from '@/db/schema/approvals'
import { recordAudit } from '@/lib/audit/record'
import type { Context, MemberActor } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { newId } from '@/lib/ids'
import { eligibilityOf } from '@/lib/policy/people'
import { needsWords } from '@/lib/policy/requirement-words'
import { tally, type Tally, type Vote } from '@/lib/policy/tally'
import type { Wake } from '@/lib/wake/wake'
import { whyNotWords } from './can-decide'
import { conclude, wakesOf } from './conclude'
import { lookToAct } from './look'
import { reasonOf, refuseNow, refuseSilence } from './refuse-decision'
import { lookedToWire } from './read'
import type { Approval, DecideInput } from './schemas'
import { votingOf, type Voting } from './voting'

type Voted = { approval: Approval; isReplay: boolean }

/**
 * Takes a person's vote, with the run held: people, absences and the clock are those of this moment. It ends the
 * approval where it completes what is demanded, or where that can no longer be met; else it is kept and waits for
 * others. The same vote again is counted anew, and kept only where it ends the approval by now.
 * @returns undefined where it was left alone
 */
export async function vote(
  tx: Transaction,
  ctx: Context<MemberActor>,
  seen: Looked,
  reviewer: MemberActor,
  input: DecideInput & { id: string },
  wakes: Wake[],
): Promise<Voted | AppError | undefined> {
  const { decision } = input
  const seats = await findSeats(tx, ctx.project.id, reviewer.id)
  const voting = votingOf(seen, seats)
  const last = voting?.votes.findLast((one) => one.reviewerId === reviewer.id && one.digest === seen.digest)
  const hasVote = last !== undefined && last.decision !== 'withdraw'
  const seat = decision === 'withdraw' ? (last?.seatId ?? reviewer.id) : seatOf(seen, voting, reviewer, seats)
  if (seat instanceof AppError) return seat
  const change = decision === 'withdraw' ? 'reject' : decision
  const refusal = refuseNow(ctx, seen, change, input.digest) ?? refuseSilence(input, voting?.terms.reason)
  if (refusal) return refusal
  if (!voting || (decision === 'withdraw' && !hasVote))
    return new AppError('nothing_to_withdraw', 'You have no vote here that waits for others.')
  const reason = reasonOf(input)
  const isAgain =
    hasVote && last.decision === decision && last.seatId === seat && reasonOfVote(seen, last) === reason
  const cast: Vote = isAgain
    ? last
    : {
        id: newId('decision'),
        reviewerId: reviewer.id,
        seatId: seat,
        decision,
        digest: seen.digest,
        at: seen.readAt,
      }
  const votes = isAgain ? voting.votes : [...voting.votes, cast]
  const count = tally(voting.terms, voting.asked, votes, voting.people, seen.readAt)
  if (decision !== 'withdraw' && ends(decision, count)) {
    const counted = { requirement: voting.terms, votes: countedOf(votes, count) }
    const done = await conclude(tx, ctx, seen, reviewer, {
      change: 'decide',
      decision,
      reason,
      reviewer,
      vote: { seatId: seat, digest: seen.digest, counted },
    })
    if (!done) return undefined
    wakes.push(...wakesOf(done))
  } else if (!isAgain) {
    await keep(tx, { ...ctx, actor: reviewer }, seen, cast, reason)
    wakes.push({ projectId: ctx.project.id, approvalId: seen.id })
  }
  const now = await lookToAct(tx, ctx, seen.id, wakes)
  if (!now) return undefined
  return { approval: await lookedToWire(tx, ctx, now), isReplay: isAgain && now.status === 'pending' }
}

/** A vote ends an approval only by what it says itself, whatever else has changed since the votes before it. */
function ends(decision: Exclude<Vote['decision'], 'withdraw'>, { status }: Tally): boolean {
  return status === (decision === 'approve' ? 'approved' : 'rejected')
}

/** On whose seat the reviewer votes, or why they may not. */
function seatOf(
  seen: Looked,
  voting: Voting | undefined,
  reviewer: MemberActor,
  { absences }: Seats,
): string | AppError {
  if (!voting) return reviewer.id
  const may = eligibilityOf(reviewer.id, voting.terms, voting.asked, voting.people, absences, seen.readAt)
  if (may.allowed) return may.seatId
  const members =
    may.because === 'excluded'
      ? { because: may.exclusion }
      : may.because === 'not_a_reviewer'
        ? { needs: needsWords(voting.tally) }
        : {}
  return new AppError(may.because, whyNotWords(voting, may, seen.readAt), { members })
}

function reasonOfVote({ more }: Looked, { id }: Vote): string | null {
  return more?.votes.find((one) => one.id === id)?.reason ?? null
}

/** Keeps a vote that ends nothing. */
async function keep(
  tx: Transaction,
  ctx: Context<MemberActor>,
  seen: Looked,
  cast: Vote,
  reason: string | null,
): Promise<void> {
  const { actor, project } = ctx
  const seatId = cast.seatId === actor.id ? null : cast.seatId
  await tx.insert(decisions).values({
    id: cast.id,
    approvalId: seen.id,
    projectId: project.id,
    reviewerId: actor.id,
    reviewerName: actor.name,
    reviewerEmail: actor.email,
    seatId,
    decision: cast.decision,
    digest: cast.digest,
    reason,
    via: actor.via,
    at: cast.at,
    isFinal: false,
  })
  await recordAudit(tx, ctx, {
    action: cast.decision === 'withdraw' ? 'approval.vote_withdrawn' : 'approval.voted',
    target: { type: 'approval', id: seen.id, label: seen.tool },
    detail: {
      vote_id: cast.id,
      agent: seen.agentName,
      run_id: seen.runId,
      tool_call_id: seen.toolCallId,
      tool: seen.tool,
      digest: cast.digest,
      decision: cast.decision,
      seat_id: cast.seatId,
      reason,
    },
  })
  await tx.insert(approvalEvents).values({ projectId: project.id, approvalId: seen.id, type: 'voted' })
}

/** The votes that counted when one ended the approval, for the record. */
function countedOf(votes: readonly Vote[], { whyNot }: Tally) {
  return votes
    .filter(({ id }) => whyNot.get(id) === null)
    .map(({ id, reviewerId, seatId, decision, at }) => ({
      id,
      reviewer_id: reviewerId,
      seat_id: seatId,
      decision,
      at: at.toISOString(),
    }))
}
