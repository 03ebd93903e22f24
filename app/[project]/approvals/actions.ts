'use server'

import { assignVerb } from '@/lib/approvals/assign'
import { commentVerb } from '@/lib/approvals/comment'
import { decideApproval, decideVerb } from '@/lib/approvals/decide'
import { decideApprovals, decideManyVerb } from '@/lib/approvals/decide-many'
import { extendVerb } from '@/lib/approvals/extend'
import { DecideFromPage, DecideManyFromPage, OverrideFromPage } from '@/lib/approvals/from-page'
import { DecideInput } from '@/lib/approvals/schemas'
import { snoozeVerb, unsnoozeVerb } from '@/lib/approvals/snooze'
import { JsonObject } from '@/lib/json/schemas'
import { parseStrict } from '@/lib/json/strict'
import { memberAction } from '@/lib/sign-in/action'
import { createView, deleteView, updateView } from '@/lib/views/change'
import { readInput } from '@/lib/http/input'
import { toProblem } from '@/lib/http/problem'

/**
 * Decides one request; its digest says which content the reviewer saw. Everybody gets as far as the verb, which
 * refuses viewers and records it.
 */
export const decide = memberAction(decideVerb, DecideFromPage, (ctx, { params: text, ...input }) => {
  if (text === undefined) return decideApproval(ctx, input)
  const params = readEdited(text)
  return decideApproval(ctx, { ...input, params, source: { params: text } })
})

function readEdited(text: string): Record<string, unknown> {
  const { value } = parseStrict(text)
  return readInput(JsonObject, value)
}

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

/** What members do about a request beside deciding on it. */
export const comment = memberAction(commentVerb)
export const assign = memberAction(assignVerb)
export const extend = memberAction(extendVerb)

/** What one puts off for oneself, and takes back. */
export const snooze = memberAction(snoozeVerb)
export const unsnooze = memberAction(unsnoozeVerb)

/** Saved views of the queue. */
export const saveView = memberAction(createView)
export const changeView = memberAction(updateView)
export const removeView = memberAction(deleteView)
