import { eq } from 'drizzle-orm'
import { groups } from '@/db/schema/people'
import { recordAudit } from '@/lib/audit/record'
import { change } from '@/lib/verb'
import { requireFreeSlug } from './create'
import { requireUnused } from './in-use'
import { lockGroup, lockSlugs } from './lock'
import { Group, GroupById, UpdateGroupInput } from './schemas'
import { groupToWire } from './wire'

/**
 * Gives a group another name or slug. A slug that policies or pending requests name stays.
 * @throws AppError `forbidden` below admin, `not_found`, `conflict` where the slug is taken or a directory keeps the
 * group, `group_in_use`
 */
export const updateGroup = change(
  {
    summary: 'Change a group',
    need: 'admin',
    path: GroupById,
    input: UpdateGroupInput,
    output: Group,
    refuses: ['not_found', 'conflict', 'group_in_use'],
  },
  async (tx, ctx, { id, ...input }) => {
    const group = await lockGroup(tx, ctx, id)
    const { slug = group.slug, name = group.name } = input
    if (slug === group.slug && name === group.name) return groupToWire(group)
    if (slug !== group.slug) {
      await requireFreeSlug(tx, ctx.project.id, slug)
      await requireUnused(tx, ctx.project.id, group.slug)
    }
    await tx.update(groups).set({ slug, name }).where(eq(groups.id, id))
    await recordAudit(tx, ctx, {
      action: 'group.updated',
      target: { type: 'group', id, label: slug },
      detail: { slug, name, former: { slug: group.slug, name: group.name } },
    })
    return groupToWire({ ...group, slug, name })
  },
  lockSlugs,
)
