import { z } from 'zod'
import type { Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { verb } from '@/lib/verb'
import { decideOnce } from './decide'
import { Approval, DecideManyInput } from './schemas'

export type DecideResult =
  { id: string; status: 200 | 201; approval: Approval } | { id: string; status: number; problem: AppError }

/**
 * Decides up to 100 approvals, each for itself, as if in the order given: one refusal stops no other. They share their
 * statements.
 * @throws AppError where the caller may decide nothing at all
 */
export async function decideApprovals(
  ctx: Context,
  input: DecideManyInput,
): Promise<{ results: DecideResult[] }> {
  const tried = await Promise.allSettled(input.items.map((item) => decideOnce(ctx, item)))
  const results = tried.map((one, at): DecideResult => {
    const id = input.items[at]?.id ?? ''
    if (one.status === 'fulfilled')
      return { id, status: one.value.isReplay ? 200 : 201, approval: one.value.approval }
    const error: unknown = one.reason
    if (!(error instanceof AppError) || isAboutCaller(error)) throw error
    return { id, status: error.status, problem: error }
  })
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
    proves: true,
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
