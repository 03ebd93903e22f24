import { firedRules, type Call, type CompiledPolicy } from '../gate'
import type { Terms } from '../terms'
import { changesBetween, covers, lostForm, type Change } from './changes'
import { invalidBy } from './params-schema'

type Issue = { pointer: string; detail: string }

export type EditRefusal =
  /** The policy lets none of these places be changed; `allowed` are those that may be. */
  | { code: 'edit_not_allowed'; allowed: string[]; issues: Issue[] }
  /** Nothing differs from what was requested. */
  | { code: 'edit_unchanged' }
  /** The form of the value is wrong; pointers go into params. */
  | { code: 'invalid_input'; issues: Issue[] }
  /** With these params a rule fires that did not when the call was asked for. */
  | { code: 'edit_needs_other_rule'; rule: { tool: string; condition: string | null } }

/** Whether a reviewer may put these params in place of those that were requested, and what that changes. */
export type EditVerdict = { ok: true; changes: Change[] } | ({ ok: false } & EditRefusal)

/**
 * Judges an edit: only places that the policy allows; valid by the call's schema, or of the same form where it has
 * none; and no rule of the request's own policy fires that did not then. It may go below a rule, never into another.
 * @param call as it was asked for, with the context that the policy saw
 * @param schema of the params, one without issues; null where the call has none
 */
export function judgeEdit(
  terms: Terms | null,
  compiled: CompiledPolicy,
  call: Call,
  edited: Record<string, unknown>,
  schema: Record<string, unknown> | null,
): EditVerdict {
  const placed = changesBetween(call.params, edited)
  const places = terms?.edit ?? []
  const outside = placed.filter(({ path }) => places !== true && !places.some((place) => covers(place, path)))
  // whether anything may be edited is said before whether anything was
  if (outside.length > 0 || (places !== true && places.length === 0)) {
    const issues = outside.map(({ pointer }) => ({ pointer, detail: 'The policy lets nobody change this.' }))
    return { ok: false, code: 'edit_not_allowed', allowed: places === true ? [] : places, issues }
  }
  if (placed.length === 0) return { ok: false, code: 'edit_unchanged' }
  const issues = schema ? invalidBy(schema, edited) : formIssues(placed)
  if (issues === null) {
    const detail = 'Checking this by the schema of the call would take too long.'
    return { ok: false, code: 'invalid_input', issues: [{ pointer: '', detail }] }
  }
  if (issues.length > 0) return { ok: false, code: 'invalid_input', issues }
  const known = new Set(terms?.rules.map(keyOf))
  const other = firedRules(compiled, { ...call, params: edited }).find((rule) => !known.has(keyOf(rule)))
  if (other) {
    const { tool, condition } = other
    return { ok: false, code: 'edit_needs_other_rule', rule: { tool, condition } }
  }
  return { ok: true, changes: placed.map(({ path: _path, ...change }) => change) }
}

const keyOf = ({ tool, condition }: { tool: string; condition: string | null }) =>
  JSON.stringify([tool, condition])

function formIssues(changes: Change[]): Issue[] {
  return changes.flatMap((change) => {
    const detail = lostForm(change)
    return detail === null ? [] : [{ pointer: change.pointer, detail }]
  })
}
