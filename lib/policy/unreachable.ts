import { termsOf } from './add-up'
import { exclusionOf, isAsked, namesAsked, rulesOf, type AskedCall, type People, type Rule } from './people'
import type { PeopleNamed } from './parse'
import type { Policy } from './policy'
import type { PolicyWarning } from './report'
import { namesWords } from './requirement-words'
import { seated } from './tally'
import type { Terms } from './terms'

/**
 * What of an approval's rules nobody can meet at this moment, as what it takes: "2 of finance (1 can decide)"; null
 * where all can be met.
 * @param people all members
 */
export function lackOf(terms: Terms | null, asked: AskedCall, people: People, now: Date): string | null {
  const able = [...people.values()].filter((person) => exclusionOf(person, terms, asked) === null)
  for (const rule of rulesOf(terms)) {
    const pools = rule.clauses.map((clause) =>
      able.filter((person) => isAsked(person, rule, clause, terms, asked.requestedAt, now)),
    )
    const canMeet =
      rule.mode === 'any_of'
        ? rule.clauses.some(({ approvals }, at) => (pools[at]?.length ?? 0) >= approvals)
        : seated(rule.clauses, pools).every((count, at) => count >= (rule.clauses[at]?.approvals ?? 0))
    if (!canMeet) return lackWords(rule, pools, asked.requestedAt, now)
  }
  return null
}

function lackWords(rule: Rule, pools: readonly unknown[][], requestedAt: Date, now: Date): string {
  const parts = rule.clauses.map((clause, at) => {
    const there = pools[at]?.length ?? 0
    return `${clause.approvals} of ${namesWords(namesAsked(rule, clause, requestedAt, now))} (${there} can decide)`
  })
  const wanted = parts.join(rule.mode === 'any_of' ? ' or ' : ' and ')
  return `${wanted}${rule.mode === 'all_of' && parts.length > 1 ? ', nobody twice' : ''}`
}

/**
 * What a file says of people who are not there: groups and members that are not known, and entries whose approvals
 * nobody could decide.
 * @param people all members
 * @param groups slugs of the project's groups
 * @param deployer whoever puts the file in force, by id
 */
export function warnOfPeople(
  policy: Policy,
  named: PeopleNamed,
  people: People,
  groups: ReadonlySet<string>,
  deployer: string | null,
): PolicyWarning[] {
  const addresses = new Set([...people.values()].map(({ email }) => email.toLowerCase()))
  const warnings: PolicyWarning[] = []
  for (const [name, place] of named.names) {
    if (name.includes(':')) continue
    if (name.includes('@') ? addresses.has(name) : groups.has(name)) continue
    warnings.push(
      name.includes('@')
        ? { code: 'unknown_member', message: `\`${name}\` is no member of this project`, ...place }
        : { code: 'unknown_group', message: `there is no group \`${name}\` in this project`, ...place },
    )
  }
  // before any escalation
  const now = new Date(0)
  const parties = { initiator: null, deployer, editors: [], keyCreator: null }
  const asked = { requestedAt: now, digest: '', allowOwnRequest: true, parties }
  const told = new Set<string>()
  for (const [index, entry] of policy.tools.entries()) {
    const place = named.rules.get(index) ?? named.rules.get(-1)
    const lack = place && lackOf(termsOf(policy, [entry], policy.timeout), asked, people, now)
    if (!place || !lack) continue
    const message = `nobody could decide on \`${entry.tool}\`: It takes ${lack}.`
    const key = `${place.line}:${place.column} ${lack}`
    if (told.has(key)) continue
    told.add(key)
    warnings.push({ code: 'unreachable_requirement', message, ...place })
  }
  return warnings
}
