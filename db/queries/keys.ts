import { and, desc, eq, or, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { keys } from '@/db/schema/identity'
import { decodeCursor, encodeCursor, type Page } from './cursor'

const columns = {
  id: keys.id,
  projectId: keys.projectId,
  kind: keys.kind,
  name: keys.name,
  scopes: keys.scopes,
  prefix: keys.prefix,
  userId: keys.userId,
  createdBy: keys.createdBy,
  createdAt: keys.createdAt,
  lastUsedAt: keys.lastUsedAt,
  expiresAt: keys.expiresAt,
  revokedAt: keys.revokedAt,
}

/** A key without its token's hash. */
export type KeyRecord = NonNullable<Awaited<ReturnType<typeof findKey>>>

export type KeyFilter = {
  /** Whether the project's agent keys are wanted. */
  hasAgentKeys: boolean
  /** The member whose personal tokens are wanted. */
  userId?: string | undefined
  limit: number
  cursor?: string | undefined
}

/**
 * A page of the project's keys, newest first: its agent keys, one member's tokens, or both.
 * @throws AppError `invalid_cursor`
 */
export async function listKeys(
  db: Queryable,
  projectId: string,
  filter: KeyFilter,
): Promise<Page<KeyRecord>> {
  const after = filter.cursor === undefined ? undefined : decodeCursor('keys', projectId, filter.cursor)
  const wanted = [
    filter.hasAgentKeys ? eq(keys.kind, 'agent') : sql`false`,
    filter.userId === undefined ? undefined : and(eq(keys.kind, 'personal'), eq(keys.userId, filter.userId)),
  ]
  const rows = await db
    .select(columns)
    .from(keys)
    .where(
      and(
        eq(keys.projectId, projectId),
        or(...wanted),
        after && sql`(${keys.createdAt}, ${keys.id}) < (${after[0]}::timestamptz, ${after[1]})`,
      ),
    )
    .orderBy(desc(keys.createdAt), desc(keys.id))
    .limit(filter.limit + 1)
  const items = rows.slice(0, filter.limit)
  const last = items.at(-1)
  const hasMore = rows.length > filter.limit && last !== undefined
  return {
    items,
    nextCursor: hasMore ? encodeCursor('keys', projectId, [last.createdAt.toISOString(), last.id]) : null,
  }
}

/** One key of the project. */
export async function findKey(db: Queryable, projectId: string, id: string) {
  const [row] = await db
    .select(columns)
    .from(keys)
    .where(and(eq(keys.projectId, projectId), eq(keys.id, id)))
    .limit(1)
  return row
}
