import { findGroup, listGroups } from '@/db/queries/groups'
import { notFound } from '@/lib/errors'
import { listOf, Paging } from '@/lib/query'
import { verb } from '@/lib/verb'
import { Group, GroupById } from './schemas'
import { groupToWire } from './wire'

/**
 * A page of the project's groups with their members, by slug.
 * @throws AppError `forbidden` for agent keys, `invalid_cursor`
 */
export const readGroups = verb(
  { summary: 'List groups', need: 'viewer', query: Paging, output: listOf(Group), refuses: [] },
  async (ctx, page) => {
    const { items, nextCursor } = await listGroups(ctx.db, ctx.project.id, page)
    return { items: items.map(groupToWire), next_cursor: nextCursor }
  },
)

/**
 * One group of the project with its members.
 * @throws AppError `forbidden` for agent keys, `not_found`
 */
export const readGroup = verb(
  { summary: 'Read a group', need: 'viewer', path: GroupById, output: Group, refuses: ['not_found'] },
  async (ctx, { id }) => {
    const group = await findGroup(ctx.db, ctx.project.id, id)
    if (!group) throw notFound()
    return groupToWire(group)
  },
)
