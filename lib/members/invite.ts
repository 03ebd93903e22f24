import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { findMember } from '@/db/queries/members'
import { invitations, members } from '@/db/schema/identity'
import { recordAudit } from '@/lib/audit/record'
import type { Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { newId } from '@/lib/ids'
import { composeInvitation } from '@/lib/notices/compose'
import { queueMail } from '@/lib/notices/email'
import { pages } from '@/lib/paths'
import { assertStillAllowed } from '@/lib/rights'
import { verb } from '@/lib/verb'
import { makeInvitationToken, type Carrier } from './invitation-token'
import { findOrCreatePerson, type Person } from './person'
import { lockMembers } from './rights'
import { InvitedMember, InviteMemberInput } from './schemas'
import { memberToWire } from './wire'

/** How long an invitation is good for. */
const invitationDays = 7

/**
 * Invites a person to the project by mail; asked again, renews the open invitation with new links and the new
 * role. The mailed link and the returned one are different: only the mailed one proves the mailbox.
 * @returns the member, not joined yet, and the link to hand over, good for seven days
 * @throws AppError `forbidden` below owner, `conflict` where the person has joined already
 */
export const inviteMember = verb(
  {
    summary: 'Invite a member',
    need: { role: 'owner', orOperator: true },
    input: InviteMemberInput,
    output: InvitedMember,
    status: 201,
    refuses: ['conflict'],
  },
  async (ctx, input) => {
    const mailed = makeInvitationToken('mail')
    const shown = makeInvitationToken('copy')
    const mail = await composeInvitation({
      projectName: ctx.project.name,
      inviter: ctx.actor.label,
      email: input.email,
      role: input.role,
      url: ctx.appUrl + pages.invitation(mailed.token),
      days: invitationDays,
    })
    return ctx.db.transaction(async (tx) => {
      await lockMembers(tx, ctx)
      await assertStillAllowed(tx, ctx, 'owner')
      const person = await findOrCreatePerson(tx, { ...input, isVouchedFor: false })
      const isRenewal = await openMembership(tx, ctx, person, input)
      const mailedId = await insertInvitation(tx, ctx, person, mailed)
      await insertInvitation(tx, ctx, person, shown)
      await recordAudit(tx, ctx, {
        action: 'member.invited',
        target: { type: 'member', id: person.id, label: person.email },
        detail: { email: person.email, role: input.role, renewed: isRenewal },
      })
      await queueMail(tx, {
        ...mail,
        idempotencyKey: `invitation:${mailedId}`,
        kind: 'invitation',
        recipient: person.email,
        projectId: ctx.project.id,
      })
      const { id, email, name } = person
      const member = memberToWire({ id, email, name, role: input.role, joinedAt: null })
      return { ...member, invite_url: ctx.appUrl + pages.invitation(shown.token) }
    })
  },
)

async function openMembership(
  tx: Transaction,
  ctx: Context,
  person: Person,
  input: InviteMemberInput,
): Promise<boolean> {
  const existing = await findMember(tx, ctx.project.id, person.id)
  if (existing?.joinedAt) throw new AppError('conflict', `${person.email} is a member already.`)
  if (!existing) {
    await tx.insert(members).values({ projectId: ctx.project.id, userId: person.id, role: input.role })
    return false
  }
  await tx
    .update(members)
    .set({ role: input.role, invitedAt: sql`clock_timestamp()` })
    .where(and(eq(members.projectId, ctx.project.id), eq(members.userId, person.id)))
  await dropOpenInvitations(tx, ctx.project.id, person.id)
  return true
}

/** Makes every link of the person's open invitations useless. */
export async function dropOpenInvitations(tx: Transaction, projectId: string, userId: string): Promise<void> {
  await tx
    .delete(invitations)
    .where(
      and(
        eq(invitations.projectId, projectId),
        eq(invitations.userId, userId),
        isNull(invitations.acceptedAt),
      ),
    )
}

async function insertInvitation(
  tx: Transaction,
  ctx: Context,
  person: Person,
  token: { carrier: Carrier; tokenHash: string },
): Promise<string> {
  const id = newId('invitation')
  await tx.insert(invitations).values({
    id,
    projectId: ctx.project.id,
    userId: person.id,
    tokenHash: token.tokenHash,
    invitedBy: ctx.actor.id,
    expiresAt: sql`clock_timestamp() + make_interval(days => ${invitationDays}::int)`,
  })
  return id
}
