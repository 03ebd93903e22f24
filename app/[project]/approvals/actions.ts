'use server'

import { z } from 'zod'
import { countPending } from '@/db/queries/approvals'
import {
  DecideFromPage,
  DecideManyFromPage,
  DecidedFilter,
  type DecidedOne,
} from '@/components/approvals/input'
import { decideApproval } from '@/lib/approvals/decide'
import { decideApprovals } from '@/lib/approvals/decide-many'
import { readSeenApprovals } from '@/lib/approvals/read'
import { memberAction } from '@/lib/web/action'
import { toProblem } from '@/lib/web/problem'

/**
 * Decides one request; its digest says which content the reviewer saw. Everybody gets as far as the verb, which
 * refuses viewers and records it.
 */
export const decide = memberAction({ role: 'viewer', input: DecideFromPage }, decideApproval)

/** Decides several, each for itself. */
export const decideMany = memberAction({ role: 'viewer', input: DecideManyFromPage }, async (ctx, input) => {
  const { results } = await decideApprovals(ctx, input)
  return results.map((result): DecidedOne =>
    'approval' in result
      ? { id: result.id, approval: result.approval }
      : { id: result.id, problem: toProblem(result.problem) },
  )
})

/** A page of requests that are not pending any more. */
export const listDecided = memberAction({ role: 'viewer', input: DecidedFilter }, (ctx, filter) =>
  readSeenApprovals(ctx, { ...filter, isDecided: true }),
)

export const countPendingApprovals = memberAction({ role: 'viewer', input: z.strictObject({}) }, (ctx) =>
  countPending(ctx.db, ctx.project.id),
)
