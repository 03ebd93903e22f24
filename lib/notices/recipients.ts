import type { OpenApproval, Reviewer } from '@/db/queries/recipients'
import { namesOf } from '@/lib/policy/people'
import { compileWildcard } from '@/lib/policy/wildcard'

type Told = Pick<OpenApproval, 'agentName' | 'tool' | 'initiator' | 'pools'>

/**
 * Whether somebody who may decide in the project hears of an approval: not where they asked to be left alone, not
 * where the policy asks others, unless they sit in for one of them, and not where the run names them as its initiator
 * and they may not decide on their own request.
 */
export function wantsToHear(reviewer: Reviewer, approval: Told): boolean {
  if (reviewer.isMuted || !isAsked(reviewer, approval)) return false
  const isOwn = approval.initiator?.toLowerCase() === reviewer.address.toLowerCase()
  if (isOwn && !reviewer.allowsOwnRequest) return false
  return matchesAny(reviewer.agents, approval.agentName) && matchesAny(reviewer.tools, approval.tool)
}

function isAsked({ userId, address, role, groups, standsFor }: Reviewer, { pools }: Told): boolean {
  if (pools === null) return true
  const self = { id: userId, email: address, name: null, role, groups }
  return [self, ...standsFor].some((person) => namesOf(person).some((name) => pools.includes(name)))
}

function matchesAny(patterns: string[], name: string): boolean {
  return patterns.length === 0 || patterns.some((pattern) => compileWildcard(pattern)(name))
}
