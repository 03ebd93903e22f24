import { eq } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import type { ApprovalRecord } from '@/db/queries/approvals'
import type { More, Seats, VoteRecord } from '@/db/queries/voting'
import { approvals } from '@/db/schema/approvals'
import { escalationsOf } from '@/lib/policy/escalations'
import { rulesOf, type AskedCall, type People } from '@/lib/policy/people'
import { progressWords, waitingWords } from '@/lib/policy/requirement-words'
import { tally, type Tally, type Vote } from '@/lib/policy/tally'
import { defaultMaxExtension } from '@/lib/policy/policy'
import type { Terms } from '@/lib/policy/terms'
import { readTerms } from '@/lib/policy/terms-text'
import type { Progress, Requirement, Review } from './vote-schemas'

/** What of an approval its votes are counted by. */
type Counted = Pick<
  ApprovalRecord,
  'status' | 'terms' | 'requestedAt' | 'digest' | 'initiator' | 'readAt' | 'more'
>

/** What the policy demanded of an approval; null where it demanded nothing of who decides. */
export type Voting = { terms: Terms; asked: AskedCall; votes: Vote[]; people: People; tally: Tally }

const noMore: Pick<More, 'votes' | 'people' | 'allowOwnRequest'> = {
  votes: [],
  people: [],
  allowOwnRequest: false,
}

/**
 * An approval's votes, counted as of the moment when it was read, or, once it has left `pending`, as of the last of
 * them; undefined where its policy has no terms.
 * @param seats of somebody whose vote is to be judged beside those that are there
 */
export function votingOf(record: Counted, seats?: Seats): Voting | undefined {
  const terms = readTerms(record.terms)
  if (!terms) return undefined
  const { votes: records, people: members, allowOwnRequest } = record.more ?? noMore
  const votes = records.filter(({ isOverride }) => !isOverride).map(voteOf)
  const asked = {
    requestedAt: record.requestedAt,
    digest: record.digest,
    allowOwnRequest,
    parties: {
      initiator: record.initiator,
      deployer: terms.parties?.deployer ?? null,
      keyCreator: terms.parties?.key_creator ?? null,
      editors: records.filter(({ isEdit }) => isEdit).map(({ reviewerId }) => reviewerId),
    },
  }
  const people = new Map([...members, ...(seats?.people ?? [])].map((person) => [person.id, person]))
  const kept = record.status === 'pending' ? undefined : readTally(record.more?.tally ?? null)
  return { terms, asked, votes, people, tally: kept ?? tally(terms, asked, votes, people, record.readAt) }
}

type KeptTally = Omit<Tally, 'whyNot'> & { whyNot: Record<string, string | null> }

function readTally(text: string | null): Tally | undefined {
  if (text === null) return undefined
  const { whyNot, ...kept } = JSON.parse(text) as KeptTally
  return { ...kept, whyNot: new Map(Object.entries(whyNot)) }
}

/** Keeps with an approval what its votes come to with the one that was given just now, in the same transaction. */
export async function keepTally(tx: Transaction, id: string, { whyNot, ...count }: Tally): Promise<void> {
  const kept: KeptTally = { ...count, whyNot: Object.fromEntries(whyNot) }
  await tx
    .update(approvals)
    .set({ tally: JSON.stringify(kept) })
    .where(eq(approvals.id, id))
}

/** Whether a person's vote on what waits counts at this moment. */
export function hasVoted(record: Counted, personId: string): boolean {
  const voting = votingOf(record)
  return (
    voting?.votes.some(
      ({ id, reviewerId }) => reviewerId === personId && voting.tally.whyNot.get(id) === null,
    ) ?? false
  )
}

function voteOf(vote: VoteRecord): Vote {
  return {
    id: vote.id,
    reviewerId: vote.reviewerId,
    seatId: vote.seat?.id ?? vote.reviewerId,
    decision: vote.decision,
    digest: vote.digest,
    at: new Date(vote.at),
  }
}

/** Whether the policy says who decides; terms may be of other things alone. */
function saysWho({ rules, exclude, reason, self_approval, max_extension }: Terms): boolean {
  return (
    [exclude, reason, self_approval, max_extension].some((setting) => setting !== undefined) ||
    rules.some(({ any_of, all_of, escalate }) => any_of ?? all_of ?? escalate)
  )
}

/** Who decides and how far they are, as everybody outside sees it. */
export function votingToWire(record: Counted): {
  requirement: Requirement | null
  progress: Progress | null
  reviews: Review[]
  waiting: string | null
} {
  const voting = votingOf(record)
  if (!voting) return { requirement: null, progress: null, reviews: [], waiting: null }
  const { terms, tally: count } = voting
  const reviews = (record.more ?? noMore).votes.map((vote) => reviewToWire(vote, count))
  if (!saysWho(terms)) return { requirement: null, progress: null, reviews, waiting: null }
  return {
    requirement: requirementToWire(record, terms),
    progress: {
      text: progressWords(count),
      rules: count.rules.map(({ met, clauses }) => ({
        met,
        clauses: clauses.map(({ approvals, needed }) => ({ approvals, needed })),
      })),
    },
    reviews,
    waiting: waitingWords(count),
  }
}

function requirementToWire({ requestedAt, readAt }: Counted, terms: Terms): Requirement {
  const excluded = new Set(terms.exclude)
  if (terms.self_approval === 'never') excluded.add('initiator')
  return {
    rules: rulesOf(terms).map(({ rule, mode, clauses }) => ({
      rule: rule ?? { tool: '', condition: null },
      [mode]: [...clauses],
    })),
    exclude: [...excluded],
    reason: terms.reason ?? 'optional',
    escalate: escalationsOf(terms, requestedAt, readAt).map(({ at, ...step }) => ({
      at: at.toISOString(),
      ...step,
    })),
    max_extension: terms.max_extension ?? defaultMaxExtension,
  }
}

function reviewToWire(vote: VoteRecord, { whyNot }: Tally): Review {
  const why = vote.isOverride ? 'was given by break-glass' : (whyNot.get(vote.id) ?? null)
  return {
    id: vote.id,
    decision: vote.decision,
    reviewer: { id: vote.reviewerId, name: vote.reviewerName, email: vote.reviewerEmail },
    on_behalf_of: vote.seat,
    reason: vote.reason,
    via: vote.via === 'console' || vote.via === 'mcp' ? vote.via : 'api',
    digest: vote.digest,
    counts: why === null,
    why_not: why,
    at: new Date(vote.at).toISOString(),
  }
}
