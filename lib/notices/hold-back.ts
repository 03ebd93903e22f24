import type { Transaction } from '@/db/client'
import { listReviewers, type OpenApproval, type Reviewer } from '@/db/queries/recipients'
import type { KeyedJob } from '@/lib/jobs/add'
import { eligibilityOf, type Person } from '@/lib/policy/people'
import { readTerms } from '@/lib/policy/terms-text'
import { lackOf } from '@/lib/policy/unreachable'
import { quietUntil, readQuietHours } from './quiet-hours'
import { askedOf, personOf, whoHears } from './recipients'

/** Whoever is told as their quiet hours end has at least so long to decide; else they are told at once. */
const leastTimeMs = 30 * 60_000

/** The job that gathers what was held back; of a key of its own, so that what may not wait does not wait for it. */
export function heldMailJob(projectId: string, userId: string, runAt: Date): KeyedJob {
  const payload = { project_id: projectId, user_id: userId }
  return { task: 'mail_items', payload, key: `held_mail:${projectId}:${userId}`, runAt }
}

/**
 * Which requests a person is told of only when their quiet hours end. Told at once are those that would then have no
 * half an hour left, and those on which, as things are, not enough others could decide who hear of them now: who are
 * asked, not away, not muted, and outside of quiet hours of their own.
 * @param until when the person's quiet hours end
 * @param now by the clock of the database
 */
export async function heldBack(
  tx: Transaction,
  projectId: string,
  person: Reviewer,
  open: OpenApproval[],
  until: Date,
  now: Date,
): Promise<Set<string>> {
  const late = open.filter(({ expiresAt }) => expiresAt.getTime() >= until.getTime() + leastTimeMs)
  if (late.length === 0) return new Set()
  const others = (await listReviewers(tx, projectId)).filter(
    (one) => one.userId !== person.userId && isReached(one, now),
  )
  return new Set(late.filter((one) => canDecide(others, one, now)).map(({ id }) => id))
}

function isReached({ isMuted, isAway, wantsMail, hasPush, quietHours }: Reviewer, now: Date): boolean {
  return !isMuted && !isAway && (wantsMail || hasPush) && quietUntil(readQuietHours(quietHours), now) === null
}

/** Whether these are enough to approve, each on one seat: their own or that of somebody who is away. */
function canDecide(reviewers: Reviewer[], approval: OpenApproval, now: Date): boolean {
  const terms = readTerms(approval.terms)
  const told = reviewers.filter(whoHears(approval))
  const people = new Map(told.flatMap((one) => [personOf(one), ...one.standsFor]).map((one) => [one.id, one]))
  const absences = told.flatMap(({ userId, standsFor }) =>
    standsFor.map(({ id }) => ({ personId: id, delegateId: userId })),
  )
  const asked = askedOf(approval, terms, told[0]?.allowsOwnRequest ?? false)
  const seats = new Map<string, Person>()
  for (const { userId } of told) {
    const is = eligibilityOf(userId, terms, asked, people, absences, now)
    const seat = is.allowed && people.get(is.seatId)
    if (seat) seats.set(seat.id, seat)
  }
  return seats.size > 0 && lackOf(terms, asked, seats, now) === null
}
