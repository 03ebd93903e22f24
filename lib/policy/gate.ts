import { compileCondition } from './expression/condition'
import type { Condition } from './expression/evaluate'
import { termsOf } from './add-up'
import { emptyPolicy, type OnRejection, type Policy, type PolicyEntry, settingsOf } from './policy'
import type { Terms } from './terms'
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

/** What becomes of a call; `rule` and what stands beside it are those of the first entry that fired. */
export type GateResult = { action: 'allow' } | AskResult
export type AskResult = {
  action: 'ask'
  rule: Rule
  timeoutSeconds: number
  message: string | null
  onRejection: OnRejection
  /** What all entries that fired demand beyond that; null where none demands anything. */
  terms: Terms | null
}

/** What judging by a policy needs beside the call. */
export type PolicyNeeds = {
  /** All entries that fire, since what they demand adds up. */
  allRules: boolean
  /** What was rejected before in the run. */
  history: boolean
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
  needs: PolicyNeeds
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
  return { policy, byName, wildcards, needs: needsOf(policy) }
}

function needsOf({ terms, tools }: Policy): PolicyNeeds {
  const all = [terms, ...tools.map((entry) => entry.terms)]
  return {
    allRules: all.some((one) => one !== undefined),
    history: all.some((one) => one?.repeat === 'refuse'),
  }
}

/** An entry that demands approval, and why. */
type Fired = { entry: PolicyEntry; outcome: Rule['outcome']; detail: string | null }

/** What one entry that names the tool says; undefined where its condition is false. */
function judge({ entry, condition }: CompiledEntry, call: Call): Fired | undefined {
  if (condition === null) return { entry, outcome: 'always', detail: null }
  const verdict = condition(call.params, call.context)
  if (verdict.outcome === 'false') return undefined
  const detail = verdict.outcome === 'unevaluable' ? verdict.detail : null
  return { entry, outcome: verdict.outcome, detail }
}

/** Whether an entry that names the tool fires; those that do are gathered. */
function fires(entry: CompiledEntry, call: Call, fired: Fired[]): boolean {
  const one = judge(entry, call)
  if (one) fired.push(one)
  return one !== undefined
}

/**
 * Those of the entries that name the tool which fire, in the order of the file.
 * @param all whether those after the first are asked too
 */
function firedBy({ byName, wildcards }: CompiledPolicy, call: Call, all: boolean): Fired[] {
  const named = byName.get(call.tool) ?? never
  const fired: Fired[] = []
  let next = 0
  for (const wildcard of wildcards) {
    for (; next < named.length; next++) {
      const entry = named[next]
      if (entry === undefined || entry.position > wildcard.position) break
      if (fires(entry, call, fired) && !all) return fired
    }
    if (wildcard.matches(call.tool) && fires(wildcard, call, fired) && !all) return fired
  }
  for (; next < named.length; next++) {
    const entry = named[next]
    if (entry && fires(entry, call, fired) && !all) break
  }
  return fired
}

function judgeAll(compiled: CompiledPolicy, call: Call): GateResult {
  const { policy, needs } = compiled
  const fired = firedBy(compiled, call, needs.allRules)
  const [first] = fired
  if (!first) return { action: 'allow' }
  const settings = settingsOf(policy, first.entry)
  const terms = needs.allRules ? termsOf(policy, fired.map(entryOf), settings.timeoutSeconds) : null
  return { action: 'ask', rule: ruleOf(first), ...settings, terms }
}

const entryOf = ({ entry }: Fired) => entry

function ruleOf({ entry, outcome, detail }: Fired): Rule {
  return { tool: entry.tool, condition: entry.when, outcome, detail }
}

/**
 * Whether a call needs an approval. Any entry that demands one gates the call; the first that does supplies rule,
 * timeout, message and on_rejection, and what protects adds up over all that do. A condition that cannot be evaluated
 * demands one. Never throws: whatever goes wrong inside gates the call as unevaluable, on the terms of every entry
 * that may name its tool.
 */
export function gate(compiled: CompiledPolicy, call: Call): GateResult {
  try {
    return judgeAll(compiled, call)
  } catch {
    const policy = compiled?.policy ?? emptyPolicy
    const { timeout, message, onRejection } = policy
    const detail = 'the policy could not be evaluated'
    const rule: Rule = { tool: call?.tool, condition: null, outcome: 'unevaluable', detail }
    const named = policy.tools.filter(({ tool }) => tool === call?.tool || isWildcard(tool))
    const terms = termsOf(policy, named, timeout)
    return { action: 'ask', rule, timeoutSeconds: timeout, message, onRejection, terms }
  }
}

/** All entries that demand approval of a call, in the order of the file. Never throws, as `gate`. */
export function firedRules(compiled: CompiledPolicy, call: Call): Rule[] {
  try {
    return firedBy(compiled, call, true).map(ruleOf)
  } catch {
    const judged = gate(compiled, call)
    return judged.action === 'ask' ? [judged.rule] : []
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
