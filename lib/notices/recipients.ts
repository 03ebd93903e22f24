import { listReviewers, type OpenApproval, type Reviewer } from '@/db/queries/notices'
import type { Queryable } from '@/db/client'
import { compileWildcard } from '@/lib/policy/wildcard'

type Told = Pick<OpenApproval, 'agentName' | 'tool' | 'initiator'>

/**
 * Who hears of an approval: members who may decide on it and have not asked to be left alone, in the order of
 * their ids. Whoever started the run hears nothing where they may not decide on their own request.
 */
export async function listRecipients(db: Queryable, approval: Told & { projectId: string }): Promise<Reviewer[]> {
  const reviewers = await listReviewers(db, approval.projectId)
  return reviewers.filter((reviewer) => wantsToHear(reviewer, approval))
}

/** Whether somebody who may decide in the project may decide on this one and wants to hear of it. */
export function wantsToHear(reviewer: Reviewer, approval: Told): boolean {
  if (reviewer.isMuted) return false
  const isOwn = approval.initiator?.toLowerCase() === reviewer.address.toLowerCase()
  if (isOwn && !reviewer.allowsOwnRequest) return false
  return matchesAny(reviewer.agents, approval.agentName) && matchesAny(reviewer.tools, approval.tool)
}

function matchesAny(patterns: string[], name: string): boolean {
  return patterns.length === 0 || patterns.some((pattern) => compileWildcard(pattern)(name))
}
