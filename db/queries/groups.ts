import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { users } from '@/db/schema/identity'
import { groupMembers, groups } from '@/db/schema/people'
import { decodeCursor, encodeCursor, type Page } from './cursor'

type GroupMemberRecord = { id: string; email: string; name: string | null; addedAt: string }

/** A group with its members, in the order of their addresses. */
export type GroupRecord = typeof groups.$inferSelect & { members: GroupMemberRecord[] }

/** Written out: of a single table drizzle leaves its name away, and `id` would be the person's. */
const membersOfGroup = sql<GroupMemberRecord[]>`coalesce((
  select json_agg(json_build_object('id', u.id, 'email', u.email, 'name', u.name, 'addedAt', m.added_at) order by u.email)
  from ${groupMembers} m join ${users} u on u.id = m.user_id where m.group_id = groups.id), '[]')`

const columns = {
  id: groups.id,
  projectId: groups.projectId,
  slug: groups.slug,
  name: groups.name,
  source: groups.source,
  externalId: groups.externalId,
  createdAt: groups.createdAt,
  members: membersOfGroup,
}

/**
 * A page of the project's groups by their slugs.
 * @throws AppError `invalid_cursor`
 */
export async function listGroups(
  db: Queryable,
  projectId: string,
  page: { limit: number; cursor?: string | undefined },
): Promise<Page<GroupRecord>> {
  const [after] = page.cursor === undefined ? [] : decodeCursor('groups', projectId, page.cursor)
  const rows = await db
    .select(columns)
    .from(groups)
    .where(and(eq(groups.projectId, projectId), after === undefined ? undefined : gt(groups.slug, after)))
    .orderBy(asc(groups.slug))
    .limit(page.limit + 1)
  const items = rows.slice(0, page.limit)
  const last = items.at(-1)
  const hasMore = rows.length > page.limit && last !== undefined
  return { items, nextCursor: hasMore ? encodeCursor('groups', projectId, [last.slug]) : null }
}

/** A group of the project. */
export async function findGroup(db: Queryable, projectId: string, id: string) {
  const [row] = await db
    .select(columns)
    .from(groups)
    .where(and(eq(groups.projectId, projectId), eq(groups.id, id)))
  return row
}

/** How many groups the project has. */
export async function countGroups(db: Queryable, projectId: string): Promise<number> {
  return db.$count(groups, eq(groups.projectId, projectId))
}
