import type { Exclusion } from './policy'
import type { Clause, EscalationStep, FiredRule, Terms } from './terms'

/** A member of the project as they are now. */
export type Person = {
  id: string
  email: string
  name: string | null
  role: 'viewer' | 'reviewer' | 'admin' | 'owner'
  /** Slugs of the groups that they are in. */
  groups: readonly string[]
}

/** Members by id. */
export type People = ReadonlyMap<string, Person>

/** An absence that lasts now, and who stands in. */
export type Absence = { personId: string; delegateId: string }

/** Who had a part in the call: the initiator by the e-mail address that the run names, the others by id. */
export type Parties = {
  initiator: string | null
  deployer: string | null
  /** Everybody who changed the params, for each builds on the change before. */
  editors: readonly string[]
  keyCreator: string | null
}

/** What is known of an approval when its votes are counted. */
export type AskedCall = {
  requestedAt: Date
  /** Of the params in force. */
  digest: string
  /** Whether the project lets initiators decide. */
  allowOwnRequest: boolean
  parties: Parties
}

/** A rule that has to be met, with the clauses that hold for it. */
export type Rule = {
  rule: { tool: string; condition: string | null } | null
  mode: 'any_of' | 'all_of'
  clauses: readonly Clause[]
  escalate: readonly EscalationStep[]
}

const anyReviewer: Clause = { from: ['role:reviewer'], approvals: 1, rejections: 1 }

/**
 * The rules that have to be met, each for itself. Entries without `reviewers` are met by whoever meets another rule, so
 * they are rules only where no entry has any.
 */
export function rulesOf(terms: Terms | null): Rule[] {
  if (terms === null) return [{ rule: null, mode: 'any_of', clauses: [anyReviewer], escalate: [] }]
  const named = terms.rules.filter(({ any_of, all_of }) => any_of ?? all_of)
  return (named.length > 0 ? named : terms.rules).map(readRule)
}

function readRule({ tool, condition, any_of, all_of, escalate = [] }: FiredRule): Rule {
  const rule = { tool, condition }
  if (all_of) return { rule, mode: 'all_of', clauses: all_of, escalate }
  return { rule, mode: 'any_of', clauses: any_of ?? [anyReviewer], escalate }
}

/** When an escalation is due. It never moves, whatever becomes of the deadline. */
export function escalatesAt({ after }: EscalationStep, requestedAt: Date): Date {
  return new Date(requestedAt.getTime() + after * 1000)
}

/** The names that a clause of a rule asks at this moment: its own and those of escalations whose time has come. */
export function namesAsked(rule: Rule, clause: Clause, requestedAt: Date, now: Date): string[] {
  const reached = rule.escalate.filter((step) => escalatesAt(step, requestedAt) <= now)
  return [...new Set([...clause.from, ...reached.flatMap(({ to }) => to)])]
}

/** All names that are asked at this moment, for lists and notices; null where every reviewer is. */
export function poolNames(terms: Terms | null, requestedAt: Date, now: Date): string[] | null {
  const rules = rulesOf(terms)
  const names = rules.flatMap((rule) =>
    rule.clauses.flatMap((clause) => namesAsked(rule, clause, requestedAt, now)),
  )
  const owners = names.includes('agent:owners') ? (terms?.owners ?? []) : []
  const all = new Set([...names, ...owners].filter((name) => name !== 'agent:owners'))
  return all.has('role:reviewer') ? null : [...all]
}

const ranks = ['viewer', 'reviewer', 'admin', 'owner'] as const

/** Whether a person has the role or one above it. */
function isAtLeast(person: Person, role: Person['role']): boolean {
  return ranks.indexOf(person.role) >= ranks.indexOf(role)
}

/** The names that stand for a person; whoever is at least a reviewer has the roles below theirs too. */
export function namesOf(person: Person): string[] {
  const below = ranks.slice(1, ranks.indexOf(person.role) + 1).map((role) => `role:${role}`)
  return [person.email.toLowerCase(), ...person.groups, ...below]
}

/** Whether a name stands for a person: their address, a group of theirs, a role that they have. */
function isNamed(name: string, person: Person, owners: readonly string[]): boolean {
  switch (name) {
    case 'role:reviewer':
      return isAtLeast(person, 'reviewer')
    case 'role:admin':
      return isAtLeast(person, 'admin')
    case 'role:owner':
      return isAtLeast(person, 'owner')
    case 'agent:owners':
      return owners.some((owner) => owner !== 'agent:owners' && isNamed(owner, person, []))
    default:
      return name.includes('@')
        ? name.toLowerCase() === person.email.toLowerCase()
        : person.groups.includes(name)
  }
}

/** Whether a person is asked by a clause at this moment; a viewer never is, whatever a group says. */
export function isAsked(
  person: Person,
  rule: Rule,
  clause: Clause,
  terms: Terms | null,
  requestedAt: Date,
  now: Date,
): boolean {
  if (!isAtLeast(person, 'reviewer')) return false
  const owners = terms?.owners ?? []
  return namesAsked(rule, clause, requestedAt, now).some((name) => isNamed(name, person, owners))
}

/** Why a person may not decide, neither for themselves nor for somebody else; null where nothing forbids it. */
export function exclusionOf(person: Person, terms: Terms | null, asked: AskedCall): Exclusion | null {
  const { parties, allowOwnRequest } = asked
  const excluded = terms?.exclude ?? []
  const bansInitiator = !allowOwnRequest || terms?.self_approval === 'never' || excluded.includes('initiator')
  if (bansInitiator && parties.initiator?.toLowerCase() === person.email.toLowerCase()) return 'initiator'
  const had = {
    deployer: parties.deployer === person.id,
    editor: parties.editors.includes(person.id),
    key_creator: parties.keyCreator === person.id,
  }
  for (const kind of ['deployer', 'editor', 'key_creator'] as const) {
    if (excluded.includes(kind) && had[kind]) return kind
  }
  return null
}

/** Whether a person may decide at this moment, and on whose seat their vote would count. */
export type Eligibility =
  | { allowed: true; seatId: string }
  | { allowed: false; because: 'forbidden' | 'own_request' }
  /** `standsForExcluded`: they stand in for somebody who is asked but may not decide. */
  | { allowed: false; because: 'not_a_reviewer'; standsForExcluded: boolean }
  | { allowed: false; because: 'excluded'; exclusion: Exclusion }

/**
 * Judges one person: their own seat where they are asked themselves, else that of the first by id of those for whom
 * they stand in. Whoever is excluded has no seat at all, and nobody sits in for them.
 * @param absences those that last now
 */
export function eligibilityOf(
  personId: string,
  terms: Terms | null,
  asked: AskedCall,
  people: People,
  absences: readonly Absence[],
  now: Date,
): Eligibility {
  const person = people.get(personId)
  if (!person || !isAtLeast(person, 'reviewer')) return { allowed: false, because: 'forbidden' }
  const exclusion = exclusionOf(person, terms, asked)
  if (exclusion === 'initiator') return { allowed: false, because: 'own_request' }
  if (exclusion) return { allowed: false, because: 'excluded', exclusion }
  const absent = absences
    .filter(({ delegateId }) => delegateId === personId)
    .map(({ personId: id }) => people.get(id))
    .filter((one) => one !== undefined)
  const isAskedNow = (one: Person) =>
    rulesOf(terms).some((rule) =>
      rule.clauses.some((clause) => isAsked(one, rule, clause, terms, asked.requestedAt, now)),
    )
  const seat = seatsOf(person, absent, terms, asked).find(isAskedNow)
  if (seat) return { allowed: true, seatId: seat.id }
  return { allowed: false, because: 'not_a_reviewer', standsForExcluded: absent.some(isAskedNow) }
}

/**
 * The seats that a person may take, whoever is asked: their own, then those for whom they stand in, by id. None where
 * they are excluded, and nobody's who is.
 */
export function seatsOf(
  person: Person,
  absent: readonly Person[],
  terms: Terms | null,
  asked: AskedCall,
): Person[] {
  if (exclusionOf(person, terms, asked)) return []
  const seats = [person, ...absent.toSorted((a, b) => (a.id < b.id ? -1 : 1))]
  return seats.filter((one) => isAtLeast(one, 'reviewer') && !exclusionOf(one, terms, asked))
}
