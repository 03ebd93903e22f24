import {
  exclusionOf,
  isAsked,
  namesAsked,
  rulesOf,
  type AskedCall,
  type People,
  type Person,
  type Rule,
} from './people'
import type { Clause, Terms } from './terms'

/** One act of one person on an approval. */
export type Vote = {
  id: string
  reviewerId: string
  /** On whose seat it counts: the reviewer's own, or that of somebody absent for whom they stood in. */
  seatId: string
  decision: 'approve' | 'reject' | 'request_changes' | 'withdraw'
  /** Of the params that it was given on. */
  digest: string
  at: Date
}

export type ClauseCount = {
  /** Names that it asks now. */
  names: string[]
  approvals: number
  needed: number
  rejections: number
  /** So many of them rejected that it can no longer be met. */
  isClosed: boolean
}

export type RuleCount = { rule: Rule['rule']; mode: Rule['mode']; met: boolean; clauses: ClauseCount[] }

/** What the votes come to. */
export type Tally = {
  status: 'pending' | 'approved' | 'rejected'
  rules: RuleCount[]
  /** By id of each vote: null where it counts, else why not. */
  whyNot: Map<string, string | null>
}

/**
 * Counts the votes on an approval as things are at this moment. A vote counts for the params in force only, on one
 * seat, and only while voter and seat are members who may decide; of a seat and of a person the latest counts. Rejected
 * is stronger than approved. Counting changes nothing: only a vote that is given ends an approval.
 * @param terms null: one reviewer decides
 * @param people all members who may have a seat, at least those of the votes
 * @param now the database's clock, read under the run's lock
 */
export function tally(
  terms: Terms | null,
  asked: AskedCall,
  votes: readonly Vote[],
  people: People,
  now: Date,
): Tally {
  const { live, whyNot } = liveVotes(terms, asked, votes, people)
  const rules = rulesOf(terms)
  const isAskedBy = (seat: Person, rule: Rule, clause: Clause) =>
    isAsked(seat, rule, clause, terms, asked.requestedAt, now)
  for (const { vote, seat } of live) {
    if (!rules.some((rule) => rule.clauses.some((clause) => isAskedBy(seat, rule, clause))))
      whyNot.set(vote.id, 'is not, or no longer, among those who are asked')
  }
  const counting = live.filter(({ vote }) => whyNot.get(vote.id) === null)
  const seatsOf = (...kinds: Vote['decision'][]) =>
    counting.filter(({ vote }) => kinds.includes(vote.decision)).map(({ seat }) => seat)
  const approving = seatsOf('approve')
  const rejecting = seatsOf('reject', 'request_changes')
  const counts = rules.map((rule): RuleCount => {
    const pools = rule.clauses.map((clause) => approving.filter((seat) => isAskedBy(seat, rule, clause)))
    const approvals = rule.mode === 'any_of' ? pools.map((pool) => pool.length) : seated(rule.clauses, pools)
    const clauses = rule.clauses.map((clause, at): ClauseCount => {
      const rejections = rejecting.filter((seat) => isAskedBy(seat, rule, clause)).length
      return {
        names: namesAsked(rule, clause, asked.requestedAt, now),
        approvals: Math.min(approvals[at] ?? 0, clause.approvals),
        needed: clause.approvals,
        rejections,
        isClosed: rejections >= clause.rejections,
      }
    })
    const isFull = (clause: ClauseCount) => !clause.isClosed && clause.approvals >= clause.needed
    const met = rule.mode === 'any_of' ? clauses.some(isFull) : clauses.every(isFull)
    return { rule: rule.rule, mode: rule.mode, met, clauses }
  })
  return { status: statusOf(rules, counts, counting), rules: counts, whyNot }
}

function statusOf(
  rules: readonly Rule[],
  counts: readonly RuleCount[],
  counting: readonly LiveVote[],
): Tally['status'] {
  if (counting.some(({ vote }) => vote.decision === 'request_changes')) return 'rejected'
  const isRejected = counts.some(({ mode, clauses }, at) => {
    const ends = clauses.some(
      ({ isClosed }, index) => isClosed && rules[at]?.clauses[index]?.rejections === 1,
    )
    if (ends) return true
    return mode === 'any_of'
      ? clauses.every(({ isClosed }) => isClosed)
      : clauses.some(({ isClosed }) => isClosed)
  })
  if (isRejected) return 'rejected'
  return counts.every(({ met }) => met) ? 'approved' : 'pending'
}

type LiveVote = { vote: Vote; seat: Person }

/** The latest act of each seat and of each person that is about the params in force and may count. */
function liveVotes(
  terms: Terms | null,
  asked: AskedCall,
  votes: readonly Vote[],
  people: People,
): { live: LiveVote[]; whyNot: Tally['whyNot'] } {
  const whyNot: Tally['whyNot'] = new Map()
  const live: LiveVote[] = []
  const seats = new Set<string>()
  const voters = new Set<string>()
  const latestFirst = votes.toSorted(
    (a, b) => b.at.getTime() - a.at.getTime() || (a.id === b.id ? 0 : a.id < b.id ? 1 : -1),
  )
  for (const vote of latestFirst) {
    const seat = people.get(vote.seatId)
    const voter = people.get(vote.reviewerId)
    const isAboutThis = vote.digest === asked.digest
    const isReplaced = seats.has(vote.seatId) || voters.has(vote.reviewerId)
    if (isAboutThis) {
      seats.add(vote.seatId)
      voters.add(vote.reviewerId)
    }
    const why = !isAboutThis
      ? 'was given on other params'
      : isReplaced
        ? 'a later vote took its place'
        : vote.decision === 'withdraw'
          ? 'takes the vote before it back'
          : whyNotNow(terms, asked, seat, voter)
    whyNot.set(vote.id, why)
    if (why === null && seat) live.push({ vote, seat })
  }
  return { live, whyNot }
}

function whyNotNow(
  terms: Terms | null,
  asked: AskedCall,
  seat: Person | undefined,
  voter: Person | undefined,
): string | null {
  if (!seat || !voter) return 'no longer a member'
  if (voter.role === 'viewer' || seat.role === 'viewer') return 'no longer a reviewer'
  const exclusion = exclusionOf(voter, terms, asked) ?? exclusionOf(seat, terms, asked)
  return exclusion && `excluded as ${exclusion.replace('_', ' ')}`
}

/**
 * How many places of each clause can be filled at once where nobody takes two, by augmenting paths (Kuhn): as many
 * in all as there can be.
 */
export function seated(clauses: readonly Clause[], pools: readonly Person[][]): number[] {
  const places = clauses.flatMap(({ approvals }, clause) => Array.from({ length: approvals }, () => clause))
  const placeOf = new Map<string, number>()
  const fill = (place: number, tried: Set<string>): boolean => {
    for (const { id } of pools[places[place] ?? 0] ?? []) {
      if (tried.has(id)) continue
      tried.add(id)
      const other = placeOf.get(id)
      if (other === undefined || fill(other, tried)) {
        placeOf.set(id, place)
        return true
      }
    }
    return false
  }
  places.forEach((_clause, place) => fill(place, new Set()))
  const counts = clauses.map(() => 0)
  for (const place of placeOf.values()) {
    const clause = places[place] ?? 0
    counts[clause] = (counts[clause] ?? 0) + 1
  }
  return counts
}
