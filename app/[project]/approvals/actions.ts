'use server'

import { decideApproval, decideVerb } from '@/lib/approvals/decide'
import { decideApprovals, decideManyVerb } from '@/lib/approvals/decide-many'
import { DecideFromPage, DecideManyFromPage, OverrideFromPage } from '@/lib/approvals/from-page'
import { DecideInput } from '@/lib/approvals/schemas'
import { memberAction } from '@/lib/sign-in/action'
import { readInput } from '@/lib/http/input'
import { toProblem } from '@/lib/http/problem'

/**
 * Decides one request; its digest says which content the reviewer saw. Everybody gets as far as the verb, which
 * refuses viewers and records it.
 */
export const decide = memberAction(decideVerb, DecideFromPage, decideApproval)

/** Approves one request against what its policy demands; the verb's own rules say which words that takes. */
export const override = memberAction(decideVerb, OverrideFromPage, (ctx, { id, ...input }) =>
  decideApproval(ctx, { ...readInput(DecideInput, { ...input, decision: 'approve' }), id }),
)

/** Decides several, each for itself. */
export const decideMany = memberAction(decideManyVerb, DecideManyFromPage, async (ctx, input) => {
  const { results } = await decideApprovals(ctx, input)
  return results.map((result) =>
    'approval' in result
      ? { id: result.id, approval: result.approval }
      : { id: result.id, problem: toProblem(result.problem) },
  )
})
