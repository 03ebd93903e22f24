import { namesAsked, rulesOf } from './people'
import type { ClauseCount, RuleCount, Tally } from './tally'
import type { Terms } from './terms'

const roleWords: Record<string, string> = {
  'role:reviewer': 'the reviewers',
  'role:admin': 'the admins',
  'role:owner': 'the owners',
  'agent:owners': "the agent's owners",
}

/** A name of a policy for people to read; groups and addresses stand as they are and are untrusted. */
function nameWords(name: string): string {
  return roleWords[name] ?? name
}

/** Names joined for people to read. */
export function namesWords(names: readonly string[]): string {
  return [...new Set(names.map(nameWords))].join(' or ')
}

/** Who has to be there: "Needs someone of finance or cfo@acme.eu." */
export function askedWords(terms: Terms | null, requestedAt: Date, now: Date): string {
  const names = rulesOf(terms).flatMap((rule) =>
    rule.clauses.flatMap((clause) => namesAsked(rule, clause, requestedAt, now)),
  )
  return `Needs someone of ${namesWords(names)}.`
}

/** All that would do: "Needs 1 more of finance or cfo@acme.eu." */
export function needsWords({ rules }: Tally): string {
  const missing = missingWords(rules, openClauses)
  return missing === '' ? 'Nothing is missing.' : `Needs ${missing}.`
}

/** What is nearest: "Waiting for 1 more of finance." */
export function waitingWords({ rules }: Tally): string {
  const missing = missingWords(rules, begunClauses)
  return missing === '' ? 'Waiting for the next vote.' : `Waiting for ${missing}.`
}

/** How far it has come: "1 of 2 from finance". */
export function progressWords({ rules }: Tally): string {
  const open = rules.filter(({ met }) => !met)
  const parts = (open.length > 0 ? open : rules).map((rule) => {
    const shown = rule.met ? metClauses(rule) : begunClauses(rule)
    const words = shown.map(
      ({ approvals, needed, names }) => `${approvals} of ${needed} from ${namesWords(names)}`,
    )
    return words.join(rule.mode === 'any_of' ? ' or ' : ' and ')
  })
  return [...new Set(parts)].join('; ')
}

function missingWords(rules: readonly RuleCount[], pick: (rule: RuleCount) => ClauseCount[]): string {
  const parts = rules.filter(({ met }) => !met).map((rule) => missingOf(rule, pick(rule)))
  return [...new Set(parts)].filter((part) => part !== '').join(', and ')
}

/** Alternatives that want as many share the number: "1 more of finance or cfo@acme.eu". */
function missingOf(rule: RuleCount, clauses: ClauseCount[]): string {
  const parts = clauses.map((clause) => ({ count: countWords(clause, rule.clauses), names: clause.names }))
  if (rule.mode === 'all_of')
    return parts.map(({ count, names }) => `${count} of ${namesWords(names)}`).join(' and ')
  const byCount = new Map<string, string[]>()
  for (const { count, names } of parts) byCount.set(count, [...(byCount.get(count) ?? []), ...names])
  return [...byCount].map(([count, names]) => `${count} of ${namesWords(names)}`).join(' or ')
}

/** "More" where somebody of the rule has approved. */
function countWords({ needed, approvals }: ClauseCount, all: readonly ClauseCount[]): string {
  const isBegun = all.some((clause) => clause.approvals > 0)
  return `${needed - approvals}${isBegun ? ' more' : ''}`
}

function metClauses({ mode, clauses }: RuleCount): ClauseCount[] {
  return mode === 'all_of' ? clauses : clauses.filter(({ approvals, needed }) => approvals >= needed)
}

function openClauses({ clauses }: RuleCount): ClauseCount[] {
  return clauses.filter(({ isClosed, approvals, needed }) => !isClosed && approvals < needed)
}

/** Of alternatives those that somebody began, else all. */
function begunClauses(rule: RuleCount): ClauseCount[] {
  const open = openClauses(rule)
  const begun = open.filter(({ approvals }) => approvals > 0)
  return rule.mode === 'any_of' && begun.length > 0 ? begun : open
}
