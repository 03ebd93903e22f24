import { and, eq, lte, sql } from 'drizzle-orm'
import { z } from 'zod'
import { findApproval } from '@/db/queries/approvals'
import { listSnoozes } from '@/db/queries/snoozes'
import { snoozes } from '@/db/schema/snoozes'
import { AppError, notFound } from '@/lib/errors'
import { Moment } from '@/lib/json/schemas'
import { MomentText } from '@/lib/moment'
import { change, verb } from '@/lib/verb'
import { requireApprovalId } from './id'
import { ApprovalById } from './schemas'
import { latestEnd } from './snooze-end'

export const Snooze = z
  .object({
    approval_id: z.string(),
    until: Moment.meta({ description: 'When the request is back in the queue of whoever put it off.' }),
  })
  .meta({ id: 'Snooze' })
export type Snooze = z.infer<typeof Snooze>

const SnoozeInput = z.strictObject({ until: MomentText() }).meta({ id: 'SnoozeInput' })

/** So many are listed, those that come back first first. */
const mostListed = 1000

/**
 * Puts a request that waits off, for whoever asks alone: their queue is without it until then. It comes back at the
 * latest when a fifth of its time, and at least five minutes, are left; `until` in the answer says when. Said again, it
 * is put off anew.
 * @throws AppError `not_found`; `conflict` where it no longer waits; `invalid_input` at `/until` for what is over
 * already, and where no more than that time is left
 */
export const snoozeVerb = change(
  {
    summary: 'Put a request off for oneself',
    need: 'viewer',
    path: ApprovalById,
    input: SnoozeInput,
    output: Snooze,
    refuses: ['not_found', 'conflict'],
  },
  async (tx, ctx, { id, until }): Promise<Snooze> => {
    requireApprovalId(id)
    const { project, actor } = ctx
    const seen = await findApproval(tx, project.id, id)
    if (!seen) throw notFound()
    const { status, expiresAt, requestedAt, readAt } = seen
    if (status !== 'pending' || expiresAt <= readAt)
      throw new AppError('conflict', 'It no longer waits, so there is nothing to put off.')
    const latest = latestEnd(requestedAt.getTime(), expiresAt.getTime())
    if (latest <= readAt.getTime()) throw fault('Too little of its time is left to put it off.')
    if (Date.parse(until) <= readAt.getTime()) throw fault('It is over already.')
    const endsAt = new Date(Math.min(latest, Date.parse(until)))
    const isOwn = and(eq(snoozes.projectId, project.id), eq(snoozes.userId, actor.id))
    await tx.delete(snoozes).where(and(isOwn, lte(snoozes.endsAt, sql`clock_timestamp()`)))
    await tx
      .insert(snoozes)
      .values({ approvalId: id, projectId: project.id, userId: actor.id, endsAt })
      .onConflictDoUpdate({ target: [snoozes.approvalId, snoozes.userId], set: { endsAt } })
    return { approval_id: id, until: endsAt.toISOString() }
  },
)

/**
 * Takes a request back into one's queue; nothing where it is there.
 * @throws AppError `invalid_id`
 */
export const unsnoozeVerb = change(
  {
    summary: 'Take a request back into one’s queue',
    need: 'viewer',
    path: ApprovalById,
    output: null,
    refuses: [],
  },
  async (tx, { project, actor }, { id }) => {
    requireApprovalId(id)
    const isIt = and(eq(snoozes.approvalId, id), eq(snoozes.userId, actor.id))
    await tx.delete(snoozes).where(and(isIt, eq(snoozes.projectId, project.id)))
  },
)

/** What whoever asks put off and still waits, that which comes back first first, up to 1,000. */
export const readSnoozes = verb(
  {
    summary: 'List what one put off',
    need: 'viewer',
    output: z.object({ items: z.array(Snooze) }),
    refuses: [],
  },
  async ({ db, project, actor }) => {
    const rows = await listSnoozes(db, project.id, actor.id, mostListed)
    return {
      items: rows.map(({ id, endsAt }) => ({ approval_id: id, until: new Date(endsAt).toISOString() })),
    }
  },
)

function fault(detail: string): AppError {
  return new AppError('invalid_input', `${detail} (/until)`, { errors: [{ pointer: '/until', detail }] })
}
