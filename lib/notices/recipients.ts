import type { OpenApproval, Reviewer } from '@/db/queries/notices'
import { compileWildcard } from '@/lib/policy/wildcard'

type Told = Pick<OpenApproval, 'agentName' | 'tool' | 'initiator'>

/**
 * Whether somebody who may decide in the project hears of an approval: not where they asked to be left alone, and
 * not where the run names them as its initiator and they may not decide on their own request.
 */
export function wantsToHear(reviewer: Reviewer, approval: Told): boolean {
  if (reviewer.isMuted) return false
  const isOwn = approval.initiator?.toLowerCase() === reviewer.address.toLowerCase()
  if (isOwn && !reviewer.allowsOwnRequest) return false
  return matchesAny(reviewer.agents, approval.agentName) && matchesAny(reviewer.tools, approval.tool)
}

function matchesAny(patterns: string[], name: string): boolean {
  return patterns.length === 0 || patterns.some((pattern) => compileWildcard(pattern)(name))
}
