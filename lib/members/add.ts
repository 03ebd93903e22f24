import { and, eq, sql } from 'drizzle-orm'
import { findMember } from '@/db/queries/members'
import { members } from '@/db/schema/identity'
import { recordAudit } from '@/lib/audit/record'
import type { Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { dropOpenInvitations } from './invite'
import { proveMailbox } from './mailbox'
import { findOrCreatePerson } from './person'
import { lockMembers } from './rights'
import type { InviteMemberInput, Member } from './schemas'
import { memberToWire } from './wire'

/**
 * Makes a person a member at once, without an invitation: for operators, who answer for the address.
 * @throws AppError `forbidden` for everybody else, `conflict` where the person has joined already
 */
export async function addMember(ctx: Context, input: InviteMemberInput): Promise<Member> {
  if (ctx.actor.type !== 'system')
    throw new AppError('forbidden', 'Only an operator adds members without inviting them.')
  return ctx.db.transaction(async (tx) => {
    await lockMembers(tx, ctx)
    const person = await findOrCreatePerson(tx, { ...input, isVouchedFor: true })
    await proveMailbox(tx, person)
    const existing = await findMember(tx, ctx.project.id, person.id)
    if (existing?.joinedAt) throw new AppError('conflict', `${person.email} is a member already.`)
    await tx
      .insert(members)
      .values({
        projectId: ctx.project.id,
        userId: person.id,
        role: input.role,
        joinedAt: sql`clock_timestamp()`,
      })
      .onConflictDoUpdate({
        target: [members.projectId, members.userId],
        set: { role: input.role, joinedAt: sql`clock_timestamp()` },
      })
    await dropOpenInvitations(tx, ctx.project.id, person.id)
    await recordAudit(tx, ctx, {
      action: 'member.joined',
      target: { type: 'member', id: person.id, label: person.email },
      detail: { email: person.email, role: input.role },
    })
    const [added] = await tx
      .select({ joinedAt: members.joinedAt })
      .from(members)
      .where(and(eq(members.projectId, ctx.project.id), eq(members.userId, person.id)))
    return memberToWire({ ...person, role: input.role, joinedAt: added?.joinedAt ?? null })
  })
}
