import { z } from 'zod'
import type { PendingFilter } from '@/db/queries/approval-list'
import type { Context } from '@/lib/context'
import { toolFilter } from '@/lib/query'
import { cueFilters } from './context/cue-filter'
import { askedPerson, snoozedBy } from './mine'

/** The rule that held a request, as lists name it. */
export const ruleFilter = z
  .string()
  .min(1)
  .max(2000)
  .optional()
  .meta({ description: 'Only what is pending and was held by this rule: its condition, or else its `tool`.' })

/** `?due=` in seconds, up to 30 days. */
export const dueFilter = z
  .string()
  .regex(/^\d{1,7}$/, 'Whole seconds, up to 2592000.')
  .transform(Number)
  .refine((seconds) => seconds <= 2_592_000, 'Whole seconds, up to 2592000.')
  .optional()
  .meta({
    type: 'integer',
    minimum: 0,
    maximum: 2_592_000,
    description: 'Only what is pending and due within so many seconds.',
  })

/** `?mine=true`. */
export const mineFilter = z.enum(['true']).optional().meta({
  description:
    'Only what is pending and the member who asks may decide now, and has not voted on, or takes care of; a page of a list may be short or empty, and its cursor goes on.',
})

/** `?snoozed=`. */
export const snoozedFilter = z.enum(['true', 'false']).optional().meta({
  description: 'Only what is pending and the member who asks put off; `false`: and did not put off.',
})

/** `?cue=`. */
export const cueFilter = z
  .enum(cueFilters, `One of: ${cueFilters.join(', ')}.`)
  .optional()
  .meta({
    description:
      'Only what is pending and had this cue, any of them or none, when it was looked at (`POST /approvals/cues`); what was not is left out.',
  })

/** What narrows what is pending, as counts of it take it. */
export const pendingFilters = {
  agent: z.string().max(200).optional(),
  tool: toolFilter,
  rule: ruleFilter,
  due: dueFilter,
  mine: mineFilter,
  snoozed: snoozedFilter,
  cue: cueFilter,
  run_id: z.string().max(1024).optional(),
  q: z.string().min(1).max(200).optional(),
}

/** These filters as the database takes them. */
export async function filterOf(
  ctx: Context,
  { due: dueWithin, run_id: runId, mine, snoozed, ...others }: z.output<z.ZodObject<typeof pendingFilters>>,
): Promise<PendingFilter> {
  const of = { ...others, dueWithin, runId, snoozed: snoozed && snoozedBy(ctx, snoozed === 'true') }
  return { ...of, asked: mine && (await askedPerson(ctx)) }
}
