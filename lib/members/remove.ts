import { and, eq, isNull, sql } from 'drizzle-orm'
import { findMember } from '@/db/queries/members'
import { keys, members } from '@/db/schema/identity'
import { unassign } from '@/lib/approvals/unassign'
import { recordAudit } from '@/lib/audit/record'
import { AppError } from '@/lib/errors'
import { addNoticeJobs } from '@/lib/notices/jobs'
import { unreachableJob } from '@/lib/notices/tell-unreachable'
import { change } from '@/lib/verb'
import { assertOwnerRemains } from './last-owner'
import { lockMembers } from './rights'
import { MemberById } from './schemas'

/**
 * Removes a member, or withdraws an invitation. Their tokens of this project are revoked, what waits is no
 * longer in their hands, and their open invitation's links die with it; what they decided stays decided.
 * @throws AppError `forbidden` below owner, `not_found`, `conflict` where the project would be left without
 * an owner
 */
export const removeMember = change(
  {
    summary: 'Remove a member',
    need: { role: 'owner', orOperator: true },
    path: MemberById,
    output: null,
    refuses: ['not_found', 'conflict'],
  },
  async (tx, ctx, input) => {
    const member = await findMember(tx, ctx.project.id, input.id)
    if (!member) throw new AppError('not_found', 'There is no such member.')
    await assertOwnerRemains(tx, ctx.project.id, member)
    await tx.delete(members).where(and(eq(members.projectId, ctx.project.id), eq(members.userId, member.id)))
    const unassigned = await unassign(tx, ctx.project.id, member.id)
    const revoked = await tx
      .update(keys)
      .set({ revokedAt: sql`clock_timestamp()` })
      .where(and(eq(keys.projectId, ctx.project.id), eq(keys.userId, member.id), isNull(keys.revokedAt)))
      .returning({ id: keys.id })
    await recordAudit(tx, ctx, {
      action: 'member.removed',
      target: { type: 'member', id: member.id, label: member.email },
      detail: {
        email: member.email,
        role: member.role,
        joined: member.joinedAt !== null,
        revoked_tokens: revoked.map((key) => key.id),
        unassigned,
      },
    })
    await addNoticeJobs(tx, [unreachableJob(ctx.project.id)])
  },
  lockMembers,
)
