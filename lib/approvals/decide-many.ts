import { z } from 'zod'
import type { Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { verb } from '@/lib/verb'
import { decideApproval } from './decide'
import { recordRefusedDecisions } from './record-refusal'
import { Approval, DecideManyInput } from './schemas'

export type DecideResult =
  { id: string; status: 201; approval: Approval } | { id: string; status: number; problem: AppError }

/**
 * Decides up to 100 approvals, each for itself, in the order given: one refusal stops no other.
 * @throws AppError where the caller may decide nothing at all
 */
export async function decideApprovals(
  ctx: Context,
  input: DecideManyInput,
): Promise<{ results: DecideResult[] }> {
  const results: DecideResult[] = []
  for (const [at, item] of input.items.entries()) {
    try {
      results.push({ id: item.id, status: 201, approval: await decideApproval(ctx, item) })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (isAboutCaller(error)) {
        await recordRefusedDecisions(ctx, input.items.slice(at + 1), error)
        throw error
      }
      results.push({ id: item.id, status: error.status, problem: error })
    }
  }
  return { results }
}

/** Refusals that hold for every item alike are the answer to the whole. */
function isAboutCaller(error: AppError): boolean {
  return ['unauthenticated', 'forbidden', 'agent_key_cannot_decide'].includes(error.code)
}

export const decideManyVerb = verb(
  {
    summary: 'Decide up to 100, each for itself',
    need: 'reviewer',
    judgesItself: true,
    input: DecideManyInput,
    output: z.object({
      results: z.array(
        z.object({
          id: z.string(),
          status: z.int(),
          approval: Approval.optional(),
          problem: z.looseObject({}).optional(),
        }),
      ),
    }),
    refuses: ['agent_key_cannot_decide'],
    bucket: 'decide',
    keepsTime: true,
  },
  decideApprovals,
)
