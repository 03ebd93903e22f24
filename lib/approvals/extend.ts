import { and, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import { approvals } from '@/db/schema/approvals'
import { recordAudit } from '@/lib/audit/record'
import { AppError } from '@/lib/errors'
import { WrittenText } from '@/lib/json/schemas'
import { defaultMaxExtension } from '@/lib/policy/policy'
import { readTerms } from '@/lib/policy/terms-text'
import { verb } from '@/lib/verb'
import { actOnPending, addEvent, refuseIneligible, refusesOfPending } from './act-on-pending'
import { Approval, ApprovalById } from './schemas'
import { nextStep } from './steps'

const most = 604_800
const bounds = `Whole seconds from 1 to ${most}.`

const ExtendInput = z
  .strictObject({
    by_seconds: z.int(bounds).min(1, bounds).max(most, bounds),
    reason: WrittenText(4096, 'Say why it needs more time.'),
  })
  .meta({ id: 'ExtendInput' })

/**
 * Moves the deadline of a request that waits, and its reminders; escalations come when they would have come. All
 * extensions together are bounded by the policy's `max_extension`.
 * @throws AppError what `actOnPending` throws; `own_request`, `excluded`, `not_a_reviewer` for who may not decide and
 * is no admin; `invalid_input` at `/by_seconds` beyond the bound
 */
export const extendVerb = verb(
  {
    summary: 'Give a request more time',
    need: 'reviewer',
    judgesItself: true,
    who: 'whoever may decide, or an admin',
    path: ApprovalById,
    input: ExtendInput,
    output: Approval,
    refuses: [...refusesOfPending, 'own_request', 'excluded', 'not_a_reviewer'],
    bucket: 'decide',
  },
  (given, { id, by_seconds: seconds, reason }) =>
    actOnPending(given, id, async (tx, ctx, seen) => {
      const refusal = await refuseIneligible(tx, ctx, seen)
      if (refusal) return refusal
      const terms = readTerms(seen.terms)
      const bound = terms?.max_extension ?? defaultMaxExtension
      const isIt = and(eq(approvals.projectId, ctx.project.id), eq(approvals.id, id))
      const [before] = await tx.select({ extended: approvals.extendedSeconds }).from(approvals).where(isIt)
      const extended = (before?.extended ?? 0) + seconds
      if (extended > bound) return tooLong(bound, bound - (before?.extended ?? 0))
      const expiresAt = new Date(seen.expiresAt.getTime() + seconds * 1000)
      const next = nextStep({ requestedAt: seen.requestedAt, expiresAt, terms }, seen.readAt)
      await tx
        .update(approvals)
        .set({
          expiresAt: sql`expires_at + make_interval(secs => ${seconds}::int)`,
          extendedSeconds: extended,
          nextStepAt: next?.at ?? null,
        })
        .where(isIt)
      await recordAudit(tx, ctx, {
        action: 'approval.extended',
        target: { type: 'approval', id, label: seen.tool },
        detail: {
          agent: seen.agentName,
          run_id: seen.runId,
          tool: seen.tool,
          by_seconds: seconds,
          extended_seconds: extended,
          expires_at: expiresAt.toISOString(),
          reason,
        },
      })
      await addEvent(tx, seen, 'extended')
      return undefined
    }),
)

function tooLong(bound: number, left: number): AppError {
  const detail = `All extensions together may have ${bound} seconds; ${left} are left.`
  return new AppError('invalid_input', `${detail} (/by_seconds)`, {
    errors: [{ pointer: '/by_seconds', detail }],
  })
}
