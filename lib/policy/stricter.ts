import { termsOf } from './add-up'
import { editableBy } from './places'
import { defaultMaxExtension, defaultTimeoutSeconds, type Policy, type PolicyEntry } from './policy'
import type { FiredRule, Terms } from './terms'

const ranks = { optional: 0, on_reject: 1, required: 2 } as const

/**
 * Whether entries that fire wherever one of an older policy did demand no less than it. Other people are taken for
 * less, and so is whoever else may be asked later on: nobody knows from the files alone who they are.
 */
export function demandsNoLess(
  before: Policy,
  entry: PolicyEntry,
  after: Policy,
  holding: readonly PolicyEntry[],
): boolean {
  const old = termsOf(before, [entry], defaultTimeoutSeconds)
  const young = termsOf(after, holding, defaultTimeoutSeconds)
  return keepsRule(old, young) && demandsAsMuch(old, young)
}

/** Whether one of the new rules is the old one, asks nobody else later, and has the same owners where it names them. */
function keepsRule(old: Terms | null, young: Terms | null): boolean {
  const own = old?.rules[0]
  if (!own?.any_of && !own?.all_of) return true
  const clausesOf = ({ any_of, all_of }: FiredRule) => JSON.stringify({ any_of, all_of })
  const stepsOf = ({ escalate = [] }: FiredRule) => JSON.stringify(escalate)
  const same = young?.rules.find(
    (rule) => clausesOf(rule) === clausesOf(own) && (!rule.escalate || stepsOf(rule) === stepsOf(own)),
  )
  return same !== undefined && JSON.stringify(old?.owners) === JSON.stringify(young?.owners)
}

function demandsAsMuch(old: Terms | null, young: Terms | null): boolean {
  const excluded = young?.exclude ?? []
  return (
    (old?.exclude ?? []).every((one) => excluded.includes(one)) &&
    (old?.self_approval === undefined || young?.self_approval !== undefined) &&
    ranks[young?.reason ?? 'optional'] >= ranks[old?.reason ?? 'optional'] &&
    (old?.justification === undefined || young?.justification !== undefined) &&
    (old?.repeat === undefined || young?.repeat !== undefined) &&
    (young?.max_extension ?? defaultMaxExtension) <= (old?.max_extension ?? defaultMaxExtension) &&
    editsNoMore(old?.edit ?? false, young?.edit ?? false)
  )
}

function editsNoMore(old: boolean | string[], young: boolean | string[]): boolean {
  const sorted = (one: boolean | string[]) => JSON.stringify(typeof one === 'boolean' ? one : one.toSorted())
  return sorted(editableBy([old, young])) === sorted(young)
}
