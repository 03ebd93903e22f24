import { stepsIn } from './escalate'
import type { Policy, PolicyEntry, PolicyTerms } from './policy'
import { settings } from './settings'
import type { FiredRule, Terms } from './terms'

/**
 * What all entries that fired demand together, whatever their order: each one's reviewers are a rule of its own, of
 * the rest the strictest holds. Null where nothing differs from what holds without a word.
 * @param timeoutSeconds the time allowed, of which escalations may be a percentage
 */
export function termsOf(policy: Policy, fired: readonly PolicyEntry[], timeoutSeconds: number): Terms | null {
  const rules = fired.map((entry) => ruleOf(policy, entry, timeoutSeconds))
  const { owners, ...demands } = addedUp(policy, fired)
  const isPlain = rules.every(({ any_of, all_of, escalate }) => !any_of && !all_of && !escalate)
  if (isPlain && Object.keys(demands).length === 0) return null
  const named = rules.some((rule) => namesOf(rule).includes('agent:owners'))
  return { rules, ...(named ? { owners: owners ?? [] } : {}), ...demands }
}

function ruleOf(policy: Policy, { tool, when, terms }: PolicyEntry, timeoutSeconds: number): FiredRule {
  const reviewers = terms?.reviewers ?? policy.terms?.reviewers
  const escalate = terms?.escalate ?? policy.terms?.escalate
  return {
    tool,
    condition: when,
    ...reviewers,
    ...(escalate ? { escalate: stepsIn(escalate, timeoutSeconds) } : {}),
  }
}

function namesOf({ any_of = [], all_of = [], escalate = [] }: FiredRule): string[] {
  return [...[...any_of, ...all_of].flatMap(({ from }) => from), ...escalate.flatMap(({ to }) => to)]
}

/** By name what of the settings differs from the default once all entries have said theirs. */
function addedUp(policy: Policy, fired: readonly PolicyEntry[]): Omit<Terms, 'rules'> {
  const added: Record<string, unknown> = {}
  for (const [name, setting] of Object.entries(settings)) {
    if (!('default' in setting)) continue
    const values = fired.map(
      ({ terms }) =>
        terms?.[name as keyof PolicyTerms] ?? policy.terms?.[name as keyof PolicyTerms] ?? setting.default,
    )
    // each merge takes the values of its own setting, which the table pairs it with
    const value = (setting.merge as (values: unknown[]) => unknown)(values)
    if (JSON.stringify(value) !== JSON.stringify(setting.default)) added[name] = value
  }
  return added as Omit<Terms, 'rules'>
}
