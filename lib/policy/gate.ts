import { compileCondition } from './expression/condition'
import type { Condition } from './expression/evaluate'
import { emptyPolicy, type OnRejection, type Policy, type PolicyEntry, settingsOf } from './policy'
import { compileWildcard, isWildcard } from './wildcard'

/** One call to judge: the tool's name exactly, its arguments, and the run's context as merged. */
export type Call = { tool: string; params: Record<string, unknown>; context: Record<string, unknown> }

/** The entry that fired: its tool as written, its condition, and why. */
export type Rule = {
  tool: string
  condition: string | null
  outcome: 'always' | 'true' | 'unevaluable'
  /** Why the condition could not be evaluated; null otherwise. */
  detail: string | null
}

/** Whether a call needs an approval, and on what terms. */
export type GateResult =
  | { required: false }
  | {
      required: true
      rule: Rule
      timeoutSeconds: number
      message: string | null
      onRejection: OnRejection
    }

type CompiledEntry = {
  position: number
  entry: PolicyEntry
  condition: Condition | null
  matches: (tool: string) => boolean
}

/** A policy ready for use; safe to keep and to share, as nothing changes it. */
export type CompiledPolicy = {
  policy: Policy
  byName: ReadonlyMap<string, readonly CompiledEntry[]>
  wildcards: readonly CompiledEntry[]
}

const never: readonly CompiledEntry[] = []

/**
 * Makes a policy ready for use: conditions compiled, names indexed. Never throws for a policy that was
 * parsed; a condition that cannot be read (any more) gates its tool as unevaluable.
 */
export function compilePolicy(policy: Policy): CompiledPolicy {
  const byName = new Map<string, CompiledEntry[]>()
  const wildcards: CompiledEntry[] = []
  policy.tools.forEach((entry, position) => {
    const condition = entry.when === null ? null : compileCondition(entry.when)
    const isPattern = isWildcard(entry.tool)
    const matches = isPattern ? compileWildcard(entry.tool) : (tool: string) => tool === entry.tool
    const compiled = { position, entry, condition, matches }
    if (isPattern) wildcards.push(compiled)
    else if (!byName.get(entry.tool)?.push(compiled)) byName.set(entry.tool, [compiled])
  })
  return { policy, byName, wildcards }
}

function fire(
  policy: Policy,
  entry: PolicyEntry,
  outcome: Rule['outcome'],
  detail: string | null,
): GateResult {
  const rule = { tool: entry.tool, condition: entry.when, outcome, detail }
  return { required: true, rule, ...settingsOf(policy, entry) }
}

/** What one entry that names the tool says; undefined where its condition is false. */
function judge(policy: Policy, { entry, condition }: CompiledEntry, call: Call): GateResult | undefined {
  if (condition === null) return fire(policy, entry, 'always', null)
  const verdict = condition(call.params, call.context)
  if (verdict.outcome === 'false') return undefined
  const detail = verdict.outcome === 'unevaluable' ? verdict.detail : null
  return fire(policy, entry, verdict.outcome, detail)
}

function judgeAll({ policy, byName, wildcards }: CompiledPolicy, call: Call): GateResult {
  const named = byName.get(call.tool) ?? never
  let next = 0
  for (const wildcard of wildcards) {
    for (; next < named.length; next++) {
      const entry = named[next]
      if (entry === undefined || entry.position > wildcard.position) break
      const fired = judge(policy, entry, call)
      if (fired) return fired
    }
    const fired = wildcard.matches(call.tool) ? judge(policy, wildcard, call) : undefined
    if (fired) return fired
  }
  for (; next < named.length; next++) {
    const entry = named[next]
    const fired = entry && judge(policy, entry, call)
    if (fired) return fired
  }
  return { required: false }
}

/**
 * Whether a call needs an approval. Any entry that demands one gates the call; the first that does supplies
 * rule and settings. A condition that cannot be evaluated demands one. Never throws: whatever goes wrong
 * inside gates the call as unevaluable.
 */
export function gate(compiled: CompiledPolicy, call: Call): GateResult {
  try {
    return judgeAll(compiled, call)
  } catch {
    const { timeout, message, onRejection } = compiled?.policy ?? emptyPolicy
    const detail = 'the policy could not be evaluated'
    const rule: Rule = { tool: call?.tool, condition: null, outcome: 'unevaluable', detail }
    return { required: true, rule, timeoutSeconds: timeout, message, onRejection }
  }
}

/**
 * The context that conditions see: the call's laid over the run's by top-level key, then what only the
 * server says.
 * @param server `timestamp` in RFC 3339
 */
export function mergeContext(
  runContext: Record<string, unknown>,
  callContext: Record<string, unknown>,
  server: { run_id: string; agent_name: string; timestamp: string },
): Record<string, unknown> {
  const { run_id, agent_name, timestamp } = server
  return { ...runContext, ...callContext, run_id, agent_name, timestamp }
}
