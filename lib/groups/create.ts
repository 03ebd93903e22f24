import { and, eq } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { countGroups } from '@/db/queries/groups'
import { groups } from '@/db/schema/people'
import { recordAudit } from '@/lib/audit/record'
import { AppError } from '@/lib/errors'
import { newId } from '@/lib/ids'
import { change } from '@/lib/verb'
import { lockSlugs } from './lock'
import { CreateGroupInput, Group } from './schemas'
import { groupToWire } from './wire'

const mostGroups = 500

/**
 * Makes a group without members.
 * @throws AppError `forbidden` below admin, `conflict` where the slug is taken or the project has 500
 */
export const createGroup = change(
  {
    summary: 'Make a group',
    need: 'admin',
    input: CreateGroupInput,
    output: Group,
    status: 201,
    refuses: ['conflict'],
  },
  async (tx, ctx, { slug, name = slug }) => {
    await requireFreeSlug(tx, ctx.project.id, slug)
    if ((await countGroups(tx, ctx.project.id)) >= mostGroups)
      throw new AppError('conflict', `A project has at most ${mostGroups} groups; delete one first.`)
    const id = newId('group')
    const [row] = await tx.insert(groups).values({ id, projectId: ctx.project.id, slug, name }).returning()
    if (!row) throw new Error('The group was not kept.')
    await recordAudit(tx, ctx, {
      action: 'group.created',
      target: { type: 'group', id, label: slug },
      detail: { slug, name },
    })
    return groupToWire({ ...row, members: [] })
  },
  lockSlugs,
)

/** @throws AppError `conflict` */
export async function requireFreeSlug(tx: Transaction, projectId: string, slug: string): Promise<void> {
  const taken = await tx.$count(groups, and(eq(groups.projectId, projectId), eq(groups.slug, slug)))
  if (taken > 0) throw new AppError('conflict', 'Another group of this project has this slug.')
}
