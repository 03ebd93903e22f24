import { memberPath } from '@/lib/json/leaves'

export type ParamRow = {
  /** The name as a condition would write it: `amount`, `["odd name"]`. */
  path: string
  value: unknown
  /** The rule fired on it. */
  isOfRule: boolean
}

/**
 * The members of a JSON object one by one, those first that the rule fired on, each with its name in the policy's own
 * spelling, so that a name with a dot in it is not taken for two.
 */
export function paramRows(params: Record<string, unknown>, ruleParams: readonly string[] = []): ParamRow[] {
  const first = ruleParams.filter((name) => Object.hasOwn(params, name))
  const others = Object.keys(params).filter((name) => !first.includes(name))
  const row = (name: string, isOfRule: boolean) => ({
    path: memberPath('', name),
    value: params[name],
    isOfRule,
  })
  return [...first.map((name) => row(name, true)), ...others.map((name) => row(name, false))]
}
