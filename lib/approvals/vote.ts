import type { Transaction } from '@/db/client'
import type { Looked } from '@/db/queries/look'
import { findSeats, type Seats, type VoteRecord } from '@/db/queries/voting'
import { approvalEvents, decisions } from '@/db/schema/approvals'
import { recordAudit } from '@/lib/audit/record'
import type { Context, MemberActor } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { newId } from '@/lib/ids'
import { digestOf } from '@/lib/json/digest'
import { writeJson } from '@/lib/json/write'
import { eligibilityOf } from '@/lib/policy/people'
import { needsWords } from '@/lib/policy/requirement-words'
import { tally, type Tally, type Vote } from '@/lib/policy/tally'
import { addNoticeJobs } from '@/lib/notices/jobs'
import { tellDirectly } from '@/lib/notices/tell-directly'
import { unreachableJob } from '@/lib/notices/tell-unreachable'
import type { Wake } from '@/lib/wake/wake'
import { whyNotWords } from './can-decide'
import { conclude, wakesOf } from './conclude'
import { editOf, notEditable, putInForce, type Edit } from './edit'
import { lookToAct } from './look'
import { reasonOf, refuseNow, refuseSilence } from './refuse-decision'
import { lookedToWire } from './read'
import type { Approval, Decide } from './schemas'
import { keepTally, votingOf, type Voting } from './voting'

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
  found: Looked,
  reviewer: MemberActor,
  given: Decide,
  wakes: Wake[],
): Promise<Voted | AppError | undefined> {
  const { decision } = given
  const seats = await findSeats(tx, ctx.project.id, reviewer.id)
  let seen = found
  let voting = votingOf(seen, seats)
  // an edit that is sent again, for want of an answer, is in force already
  const input = isInForce(seen, reviewer, given)
    ? { ...given, params: undefined, digest: seen.digest }
    : given
  let last = voting?.votes.findLast((one) => one.reviewerId === reviewer.id && one.digest === seen.digest)
  let hasVote = last !== undefined && last.decision !== 'withdraw'
  const seat = decision === 'withdraw' ? (last?.seatId ?? reviewer.id) : seatOf(seen, voting, reviewer, seats)
  if (seat instanceof AppError) return seat
  const change = decision === 'withdraw' ? 'reject' : decision
  const refusal = refuseNow(ctx, seen, change, input.digest) ?? refuseSilence(input, voting?.terms.reason)
  if (refusal) return refusal
  if (!voting && input.params !== undefined) return notEditable(seen)
  if (!voting || (decision === 'withdraw' && !hasVote))
    return new AppError('nothing_to_withdraw', 'You have no vote here that waits for others.')
  const reason = reasonOf(input)
  let edit: Edit | undefined
  if (input.params !== undefined) {
    const judged = await editOf(tx, seen, input.params, input.source?.params ?? writeJson(input.params))
    if (judged instanceof AppError) return judged
    edit = judged
    await putInForce(tx, { ...ctx, actor: reviewer }, seen, edit, reason)
    seen = { ...seen, params: edit.text, digest: edit.digest }
    const { parties, ...asked } = voting.asked
    voting = {
      ...voting,
      asked: {
        ...asked,
        digest: edit.digest,
        parties: { ...parties, editors: [...parties.editors, reviewer.id] },
      },
    }
    last = undefined
    hasVote = false
  }
  const isAgain =
    last !== undefined &&
    hasVote &&
    last.decision === decision &&
    last.seatId === seat &&
    reasonOfVote(seen, last) === reason
  const cast: Vote = {
    id: newId('decision'),
    reviewerId: reviewer.id,
    seatId: seat,
    decision,
    digest: seen.digest,
    at: seen.readAt,
  }
  const votes = [...voting.votes, cast]
  const count = tally(voting.terms, voting.asked, votes, voting.people, seen.readAt)
  const isLast = decision !== 'withdraw' && ends(decision, count)
  if (isLast || !isAgain) seen = withVote(seen, voting, reviewer, cast, reason, edit)
  if (isLast) {
    const counted = { requirement: voting.terms, votes: countedOf(votes, count) }
    const done = await conclude(tx, ctx, seen, reviewer, {
      change: 'decide',
      decision,
      reason,
      reviewer,
      vote: { id: cast.id, seatId: seat, digest: seen.digest, edit, counted },
    })
    if (!done) return undefined
    wakes.push(...wakesOf(done))
  } else if (!isAgain) {
    await keep(tx, { ...ctx, actor: reviewer }, seen, cast, reason, edit)
    wakes.push({ projectId: ctx.project.id, approvalId: seen.id })
  }
  if (isLast || !isAgain) await keepTally(tx, seen.id, count)
  if (edit) {
    await tellDirectly(tx, seen.id, votersOf(voting, found.digest, reviewer), 'edited')
    if (voting.terms.exclude?.includes('editor')) await addNoticeJobs(tx, [unreachableJob(ctx.project.id)])
  }
  const now = await lookToAct(tx, ctx, seen.id, wakes)
  if (!now) return undefined
  return { approval: await lookedToWire(tx, ctx, now), isReplay: isAgain && now.status === 'pending' }
}

/** Whose votes an edit has made void, but for its own author's. */
function votersOf({ votes }: Voting, digest: string, { id }: MemberActor): string[] {
  const last = new Map(votes.filter((one) => one.digest === digest).map((one) => [one.reviewerId, one]))
  last.delete(id)
  return [...last.values()].filter((one) => one.decision !== 'withdraw').map((one) => one.reviewerId)
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

/** Whether an edit is that which is in force, by the same person. */
function isInForce(seen: Looked, { id }: MemberActor, { params }: Decide): boolean {
  const edit = seen.more?.votes.findLast((vote) => vote.isEdit && vote.digest === seen.digest)
  return params !== undefined && edit?.reviewerId === id && digestOf(seen.tool, params) === seen.digest
}

function reasonOfVote({ more }: Looked, { id }: Vote): string | null {
  return more?.votes.find((one) => one.id === id)?.reason ?? null
}

/** The approval with a vote that is about to be kept, as its readers will find it. */
function withVote(
  seen: Looked,
  { people }: Voting,
  { id, name, email, via }: MemberActor,
  { seatId, at, ...cast }: Vote,
  reason: string | null,
  edit: Edit | undefined,
): Looked {
  if (!seen.more) return seen
  const absent = people.get(seatId)
  const vote: VoteRecord = {
    ...cast,
    reviewerName: name,
    reviewerEmail: email,
    reason,
    via,
    isFinal: false,
    isOverride: false,
    seat: seatId === id ? null : { id: seatId, name: absent?.name ?? null, email: absent?.email ?? null },
    isEdit: edit !== undefined,
    at: at.toISOString(),
  }
  const requested = edit ? { ...edit.requested, edited: edit.text } : seen.more.requested
  return { ...seen, more: { ...seen.more, requested, votes: [...seen.more.votes, vote] } }
}

/** Keeps a vote that ends nothing. */
async function keep(
  tx: Transaction,
  ctx: Context<MemberActor>,
  seen: Looked,
  cast: Vote,
  reason: string | null,
  edit: Edit | undefined,
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
    params: edit?.text ?? null,
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
