import type { OpenApproval, Reviewer } from '@/db/queries/recipients'
import { namesOf, seatsOf, type AskedCall, type Person } from '@/lib/policy/people'
import type { Terms } from '@/lib/policy/terms'
import { readTerms } from '@/lib/policy/terms-text'
import { compileWildcard } from '@/lib/policy/wildcard'

type Judge = (reviewer: Reviewer) => boolean

/**
 * Who hears of an approval: whoever is asked and may decide, for themselves or for somebody for whom they sit in, and
 * has not asked to be left alone.
 */
export function whoHears(approval: OpenApproval): Judge {
  const isAsked = whoIsAsked(approval)
  return (reviewer) =>
    !reviewer.isMuted &&
    matchesAny(reviewer.agents, approval.agentName) &&
    matchesAny(reviewer.tools, approval.tool) &&
    isAsked(reviewer)
}

/** The same without those who have voted on the params in force. */
export function whoIsAwaited(approval: OpenApproval): Judge {
  const hears = whoHears(approval)
  return (reviewer) => !approval.voters.includes(reviewer.userId) && hears(reviewer)
}

/** Who may decide on an approval, as `eligibilityOf` judges it, among those whom its `pools` name. */
export function whoIsAsked(approval: OpenApproval): Judge {
  const { pools } = approval
  const terms = readTerms(approval.terms)
  return (reviewer) => {
    const asked = askedOf(approval, terms, reviewer.allowsOwnRequest)
    const seats = seatsOf(personOf(reviewer), reviewer.standsFor, terms, asked)
    return seats.some((seat) => pools === null || namesOf(seat).some((name) => pools.includes(name)))
  }
}

/** What is known of an approval as somebody's right to decide on it is judged. */
export function askedOf(
  { requestedAt, initiator, editors }: OpenApproval,
  terms: Terms | null,
  allowOwnRequest: boolean,
): AskedCall {
  const { deployer = null, key_creator: keyCreator = null } = terms?.parties ?? {}
  return { requestedAt, digest: '', allowOwnRequest, parties: { initiator, deployer, editors, keyCreator } }
}

export function personOf({ userId: id, address: email, role, groups }: Reviewer): Person {
  return { id, email, name: null, role, groups }
}

function matchesAny(patterns: string[], name: string): boolean {
  return patterns.length === 0 || patterns.some((pattern) => compileWildcard(pattern)(name))
}
