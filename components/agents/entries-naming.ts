import type { Policy } from '@/lib/agents/schemas'
import { compileWildcard, isWildcard } from '@/lib/policy/wildcard'

export type PolicyEntry = Policy['tools'][number]

/** The entries that name a tool, outright or by a pattern, in the order of the file. */
export function entriesNaming(entries: PolicyEntry[], tool: string): PolicyEntry[] {
  return entries.filter((entry) =>
    isWildcard(entry.tool) ? compileWildcard(entry.tool)(tool) : entry.tool === tool,
  )
}
