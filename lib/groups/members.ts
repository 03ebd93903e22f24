import { and, eq } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { findGroup } from '@/db/queries/groups'
import { findMember } from '@/db/queries/members'
import { groupMembers } from '@/db/schema/people'
import { recordAudit } from '@/lib/audit/record'
import type { Context } from '@/lib/context'
import { AppError, notFound } from '@/lib/errors'
import { lockMembers } from '@/lib/members/rights'
import { addNoticeJobs } from '@/lib/notices/jobs'
import { unreachableJob } from '@/lib/notices/tell-unreachable'
import { change } from '@/lib/verb'
import { lockGroup } from './lock'
import { Group, GroupMemberById } from './schemas'
import { groupToWire } from './wire'

/**
 * Takes a member of the project, joined or invited, into a group; the second time changes nothing.
 * @throws AppError `forbidden` below admin, `not_found` where the project has no such group or member, `conflict`
 * where a directory keeps the group
 */
export const addGroupMember = change(
  {
    summary: 'Take a member into a group',
    need: 'admin',
    path: GroupMemberById,
    output: Group,
    refuses: ['not_found', 'conflict'],
  },
  async (tx, ctx, { id, user_id: userId }) => {
    const group = await lockGroup(tx, ctx, id)
    const member = await findMember(tx, ctx.project.id, userId)
    if (!member) throw new AppError('not_found', 'There is no such member.')
    const added = await tx
      .insert(groupMembers)
      .values({ groupId: id, projectId: ctx.project.id, userId })
      .onConflictDoNothing()
      .returning({ userId: groupMembers.userId })
    if (added.length === 0) return groupToWire(group)
    await recordAudit(tx, ctx, {
      action: 'group.member_added',
      target: { type: 'group', id, label: group.slug },
      detail: { group: group.slug, user_id: userId, email: member.email },
    })
    return groupNow(tx, ctx, id)
  },
  lockMembers,
)

/**
 * Takes somebody out of a group; what they decided stays decided, and votes that wait for others count no longer.
 * @throws AppError `forbidden` below admin, `not_found` where the group has no such member, `conflict` where a
 * directory keeps the group
 */
export const removeGroupMember = change(
  {
    summary: 'Take a member out of a group',
    need: 'admin',
    path: GroupMemberById,
    output: Group,
    refuses: ['not_found', 'conflict'],
  },
  async (tx, ctx, { id, user_id: userId }) => {
    const group = await lockGroup(tx, ctx, id)
    const member = group.members.find((one) => one.id === userId)
    if (!member) throw notFound()
    await tx.delete(groupMembers).where(and(eq(groupMembers.groupId, id), eq(groupMembers.userId, userId)))
    await recordAudit(tx, ctx, {
      action: 'group.member_removed',
      target: { type: 'group', id, label: group.slug },
      detail: { group: group.slug, user_id: userId, email: member.email },
    })
    await addNoticeJobs(tx, [unreachableJob(ctx.project.id)])
    return groupNow(tx, ctx, id)
  },
  lockMembers,
)

async function groupNow(tx: Transaction, ctx: Context, id: string): Promise<Group> {
  const group = await findGroup(tx, ctx.project.id, id)
  if (!group) throw notFound()
  return groupToWire(group)
}
