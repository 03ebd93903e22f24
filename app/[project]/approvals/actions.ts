'use server'

import { decideApproval, decideVerb } from '@/lib/approvals/decide'
import { decideApprovals, decideManyVerb } from '@/lib/approvals/decide-many'
import { DecideFromPage, DecideManyFromPage } from '@/lib/approvals/from-page'
import { memberAction } from '@/lib/sign-in/action'
import { toProblem } from '@/lib/http/problem'

/**
 * Decides one request; its digest says which content the reviewer saw. Everybody gets as far as the verb, which
 * refuses viewers and records it.
 */
export const decide = memberAction(decideVerb, DecideFromPage, decideApproval)

/** Decides several, each for itself. */
export const decideMany = memberAction(decideManyVerb, DecideManyFromPage, async (ctx, input) => {
  const { results } = await decideApprovals(ctx, input)
  return results.map((result) =>
    'approval' in result
      ? { id: result.id, approval: result.approval }
      : { id: result.id, problem: toProblem(result.problem) },
  )
})
