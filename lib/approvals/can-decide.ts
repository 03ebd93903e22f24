import type { Queryable } from '@/db/client'
import type { ApprovalRecord } from '@/db/queries/approvals'
import { findSeats } from '@/db/queries/voting'
import { hasRole, type Context, type MemberActor } from '@/lib/context'
import { eligibilityOf, type Eligibility } from '@/lib/policy/people'
import { askedWords } from '@/lib/policy/requirement-words'
import { isOwnRequest, ownRequestWords } from './refuse-decision'
import type { CanDecide } from './vote-schemas'
import { votingOf, type Voting } from './voting'
import { isDue } from './wire'

type Refused = Extract<Eligibility, { allowed: false }>

const excludedWords = {
  initiator: ownRequestWords,
  deployer: 'You deployed the policy that holds this call, so somebody else has to decide.',
  editor: 'You changed the params, so somebody else has to decide.',
  key_creator: 'You made the key that this agent uses, so somebody else has to decide.',
}

/** Why somebody may not decide, in a sentence that says who can. */
export function whyNotWords({ terms, asked }: Voting, refused: Refused, now: Date): string {
  switch (refused.because) {
    case 'own_request':
      return ownRequestWords
    case 'excluded':
      return excludedWords[refused.exclusion]
    case 'not_a_reviewer':
      return refused.standsForExcluded
        ? 'Whoever you stand in for may not decide on this request, and so nobody does in their place.'
        : askedWords(terms, asked.requestedAt, now)
    case 'forbidden':
      return viewerWords
  }
}

const viewerWords = 'Your role may look but not decide.'
const yes: CanDecide = { allowed: true, because: null, message: null }
const no = (because: NonNullable<CanDecide['because']>, message: string): CanDecide => ({
  allowed: false,
  because,
  message,
})

/** A member who asks, as they are now. */
type Me = Pick<MemberActor, 'id' | 'email' | 'role'> & { allowOwnRequest: boolean }

/** The member of a context that was looked up for this request; undefined for agents' keys. */
export function meOf({ actor, project }: Context): Me | undefined {
  return actor.type === 'user' ? { ...actor, allowOwnRequest: project.allowOwnRequest } : undefined
}

/**
 * Whether a member may decide on approvals of the project at this moment, for each in order. Where none has terms,
 * nothing is read.
 */
export async function canDecide(
  db: Queryable,
  projectId: string,
  me: Me,
  records: Omit<ApprovalRecord, 'params'>[],
): Promise<CanDecide[]> {
  const needsSeats = records.some(({ terms, status }) => terms !== null && status === 'pending')
  const seats = needsSeats ? await findSeats(db, projectId, me.id) : undefined
  return records.map((record) => {
    if (record.status !== 'pending' || isDue(record)) return no('over', 'Nothing is to be decided any more.')
    if (!hasRole(me.role, 'reviewer')) return no('forbidden', viewerWords)
    const voting = votingOf(record, seats)
    if (!voting)
      return !me.allowOwnRequest && isOwnRequest(record, me) ? no('own_request', ownRequestWords) : yes
    const { terms, asked, people } = voting
    const may = eligibilityOf(me.id, terms, asked, people, seats?.absences ?? [], record.readAt)
    return may.allowed ? yes : no(may.because, whyNotWords(voting, may, record.readAt))
  })
}
