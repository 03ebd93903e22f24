import { and, eq } from 'drizzle-orm'
import { findMember } from '@/db/queries/members'
import { members } from '@/db/schema/identity'
import { unassign } from '@/lib/approvals/unassign'
import { recordAudit } from '@/lib/audit/record'
import { AppError } from '@/lib/errors'
import { addNoticeJobs } from '@/lib/notices/jobs'
import { unreachableJob } from '@/lib/notices/tell-unreachable'
import { change } from '@/lib/verb'
import { assertOwnerRemains } from './last-owner'
import { lockMembers } from './rights'
import { ChangeRoleInput, Member, MemberById } from './schemas'
import { memberToWire } from './wire'

/**
 * Gives a member, joined or invited, another role. It holds from that member's next request on; of a viewer nothing
 * that waits is left in their hands.
 * @throws AppError `forbidden` below owner, `not_found`, `conflict` where the project would be left without
 * an owner
 */
export const changeRole = change(
  {
    summary: "Change a member's role",
    need: { role: 'owner', orOperator: true },
    path: MemberById,
    input: ChangeRoleInput,
    output: Member,
    refuses: ['not_found', 'conflict'],
  },
  async (tx, ctx, input) => {
    const member = await findMember(tx, ctx.project.id, input.id)
    if (!member) throw new AppError('not_found', 'There is no such member.')
    if (member.role === input.role) return memberToWire(member)
    if (input.role !== 'owner') await assertOwnerRemains(tx, ctx.project.id, member)
    await tx
      .update(members)
      .set({ role: input.role })
      .where(and(eq(members.projectId, ctx.project.id), eq(members.userId, member.id)))
    const lost = input.role === 'viewer' ? { unassigned: await unassign(tx, ctx.project.id, member.id) } : {}
    await recordAudit(tx, ctx, {
      action: 'member.role_changed',
      target: { type: 'member', id: member.id, label: member.email },
      detail: { email: member.email, from: member.role, to: input.role, ...lost },
    })
    await addNoticeJobs(tx, [unreachableJob(ctx.project.id)])
    return memberToWire({ ...member, role: input.role })
  },
  lockMembers,
)
