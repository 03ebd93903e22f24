import { toolNamePattern } from '../ids'
import { covers, readPattern, type Pattern, type Steps } from './covers'
import type { Policy, PolicyEntry } from './policy'
import { demandsNoLess } from './stricter'
import { canMatchTools, isWildcard } from './wildcard'

/** An entry's tool and condition; what it says of timeout, message and on_rejection loosens nothing. */
export type EntryText = Pick<PolicyEntry, 'tool' | 'when'>

/** Where a policy may demand less than the one before it. */
export type Weakening = {
  /** Entries whose tools the new policy names nowhere. */
  removed: EntryText[]
  /** New entries that gate on a condition what an entry before gated always. */
  madeConditional: EntryText[]
  /** All entries before that the new policy does not hold as they were: these, and those with another condition. */
  weakened: EntryText[]
  /** Entries before that gate as before, on other people or on less than was demanded of a decision. */
  demandsLess: EntryText[]
}

/** Some 20 ms; two files of 64 kB of wildcards would take minutes. */
const mostSteps = 300_000

/**
 * Compares what two policies gate, entry by entry. Where `weakened` is empty, every call that the old policy gates is
 * gated by the new one; where `demandsLess` is too, on no less. An entry that can match no tool is none.
 */
export function compareEntries(before: Policy, after: Policy): Weakening {
  const steps = { left: mostSteps }
  const old = new Set(before.tools.map(keyOf))
  const isNew = (entry: PolicyEntry) => !old.has(keyOf(entry))
  const index = indexOf(after)
  const found: Weakening = { removed: [], madeConditional: [], weakened: [], demandsLess: [] }
  for (const entry of before.tools) {
    const { tool, when } = entry
    if (!canMatch(tool)) continue
    const covering = coveringOf(index, tool, steps)
    const holding = covering.filter((one) => one.when === null || one.when === when)
    if (holding.length > 0) {
      if (!demandsNoLess(before, entry, after, holding)) found.demandsLess.push({ tool, when })
      continue
    }
    const fresh = covering.find(isNew)
    found.weakened.push({ tool, when })
    if (!fresh) found.removed.push({ tool, when })
    else if (when === null) found.madeConditional.push({ tool: fresh.tool, when: fresh.when })
  }
  return found
}

const keyOf = ({ tool, when }: EntryText) => JSON.stringify([tool, when])

function canMatch(tool: string): boolean {
  return isWildcard(tool) ? canMatchTools(tool) : toolNamePattern.test(tool)
}

type Index = { byTool: Map<string, PolicyEntry[]>; wildcards: { pattern: Pattern; entry: PolicyEntry }[] }

function indexOf({ tools }: Policy): Index {
  const byTool = new Map<string, PolicyEntry[]>()
  for (const entry of tools) {
    const same = byTool.get(entry.tool)
    if (same) same.push(entry)
    else byTool.set(entry.tool, [entry])
  }
  const wildcards = tools.filter(({ tool }) => isWildcard(tool))
  return { byTool, wildcards: wildcards.map((entry) => ({ pattern: readPattern(entry.tool), entry })) }
}

function coveringOf({ byTool, wildcards }: Index, tool: string, steps: Steps): PolicyEntry[] {
  const same = byTool.get(tool) ?? []
  if (steps.left <= 0) return same
  const narrow = readPattern(tool)
  const wider = wildcards.filter(({ pattern }) => pattern.tool !== tool && covers(pattern, narrow, steps))
  return [...same, ...wider.map(({ entry }) => entry)]
}
