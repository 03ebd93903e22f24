import { eq } from 'drizzle-orm'
import { groups } from '@/db/schema/people'
import { recordAudit } from '@/lib/audit/record'
import { change } from '@/lib/verb'
import { requireUnused } from './in-use'
import { lockGroup, lockSlugs } from './lock'
import { GroupById } from './schemas'

/**
 * Deletes a group that no policy in force and no pending request names.
 * @throws AppError `forbidden` below admin, `not_found`, `conflict` where a directory keeps it, `group_in_use`
 */
export const deleteGroup = change(
  {
    summary: 'Delete a group',
    need: 'admin',
    path: GroupById,
    output: null,
    refuses: ['not_found', 'conflict', 'group_in_use'],
  },
  async (tx, ctx, { id }) => {
    const group = await lockGroup(tx, ctx, id)
    await requireUnused(tx, ctx.project.id, group.slug)
    await tx.delete(groups).where(eq(groups.id, id))
    await recordAudit(tx, ctx, {
      action: 'group.deleted',
      target: { type: 'group', id, label: group.slug },
      detail: { slug: group.slug, name: group.name, members: group.members.map((member) => member.id) },
    })
  },
  lockSlugs,
)
