import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { readClock } from '@/db/queries/clock'
import { findMember } from '@/db/queries/members'
import { absences } from '@/db/schema/people'
import { recordAudit } from '@/lib/audit/record'
import { hasRole, type Context, type MemberActor } from '@/lib/context'
import { AppError, notFound } from '@/lib/errors'
import { newId } from '@/lib/ids'
import { lockMembers } from '@/lib/members/rights'
import { MemberById } from '@/lib/members/schemas'
import { assertStillAllowed } from '@/lib/rights'
import { change } from '@/lib/verb'
import { Absence, SetAbsenceInput } from './schemas'
import { absenceToWire } from './wire'

/**
 * Says when a member is away and who sits in for them, in the place of what was said before and is not over. A vote
 * that the delegate gave stays theirs to take back when the absence ends.
 * @throws AppError `forbidden` for anybody but the member and owners, `not_found`, `invalid_input` for an absence that
 * is over, or a delegate who is the member or may not decide
 */
export const setAbsence = change(
  {
    summary: 'Say when a member is away, and who decides in their place',
    need: 'viewer',
    who: 'the member, or an owner',
    path: MemberById,
    input: SetAbsenceInput,
    output: Absence,
    refuses: ['not_found'],
  },
  async (tx, ctx, { id: userId, ...input }) => {
    const member = await memberOf(tx, ctx, userId)
    const { delegate_id: delegateId = null, note } = input
    const [startsAt, endsAt] = [new Date(input.from), new Date(input.until)]
    if (endsAt <= (await readClock(tx))) throw fault('/until', 'It is over already.')
    if (delegateId !== null) await requireDelegate(tx, ctx, userId, delegateId)
    await revoke(tx, ctx, userId)
    const id = newId('absence')
    const kept = { id, userId, delegateId, note: note?.trim() ? note : null, startsAt, endsAt }
    await tx.insert(absences).values({ ...kept, projectId: ctx.project.id, createdBy: ctx.actor.id })
    await recordAudit(tx, ctx, {
      action: 'member.absence_set',
      target: { type: 'member', id: userId, label: member.email },
      detail: {
        absence_id: id,
        from: startsAt.toISOString(),
        until: endsAt.toISOString(),
        delegate_id: delegateId,
      },
    })
    return absenceToWire(kept)
  },
  lockMembers,
)

/**
 * The member is there again, or will not be away.
 * @throws AppError `forbidden` for anybody but the member and owners, `not_found` where nothing was said
 */
export const clearAbsence = change(
  {
    summary: 'Say that a member is there',
    need: 'viewer',
    who: 'the member, or an owner',
    path: MemberById,
    output: null,
    refuses: ['not_found'],
  },
  async (tx, ctx, { id: userId }) => {
    const member = await memberOf(tx, ctx, userId)
    const [revoked] = await revoke(tx, ctx, userId)
    if (!revoked) throw notFound()
    await recordAudit(tx, ctx, {
      action: 'member.absence_cleared',
      target: { type: 'member', id: userId, label: member.email },
      detail: { absence_id: revoked.id },
    })
  },
  lockMembers,
)

/** A member of whose absence the actor may say something. */
async function memberOf(tx: Transaction, ctx: Context<MemberActor>, userId: string) {
  if (userId !== ctx.actor.id) {
    if (!hasRole(ctx.actor.role, 'owner'))
      throw new AppError('forbidden', 'You may say this of yourself; of others an owner may.')
    await assertStillAllowed(tx, ctx, 'owner')
  }
  const member = await findMember(tx, ctx.project.id, userId)
  if (!member?.joinedAt) throw new AppError('not_found', 'There is no such member.')
  return member
}

async function requireDelegate(tx: Transaction, ctx: Context, userId: string, id: string): Promise<void> {
  if (id === userId) throw fault('/delegate_id', 'Somebody else sits in for whoever is away.')
  const delegate = await findMember(tx, ctx.project.id, id)
  if (!delegate?.joinedAt) throw fault('/delegate_id', 'No member of this project has this id.')
  if (!hasRole(delegate.role, 'reviewer'))
    throw fault('/delegate_id', 'A viewer cannot decide; name a member with the role reviewer or higher.')
}

function revoke(tx: Transaction, ctx: Context, userId: string) {
  return tx
    .update(absences)
    .set({ revokedAt: sql`clock_timestamp()` })
    .where(
      and(
        eq(absences.projectId, ctx.project.id),
        eq(absences.userId, userId),
        isNull(absences.revokedAt),
        gt(absences.endsAt, sql`clock_timestamp()`),
      ),
    )
    .returning({ id: absences.id })
}

function fault(pointer: string, detail: string): AppError {
  return new AppError('invalid_input', `${detail} (${pointer})`, { errors: [{ pointer, detail }] })
}
