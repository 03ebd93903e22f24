import { and, asc, eq, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { comments } from '@/db/schema/approvals'
import { decodeCursor, encodeCursor, type Page } from './cursor'

export type CommentRecord = typeof comments.$inferSelect

/**
 * A page of what was said about an approval of the project, oldest first.
 * @throws AppError `invalid_cursor`
 */
export async function listComments(
  db: Queryable,
  projectId: string,
  approvalId: string,
  page: { limit: number; cursor?: string | undefined },
): Promise<Page<CommentRecord>> {
  const list = `comments:${approvalId}`
  const after = page.cursor === undefined ? undefined : decodeCursor(list, projectId, page.cursor)
  const rows = await db
    .select()
    .from(comments)
    .where(
      and(
        eq(comments.projectId, projectId),
        eq(comments.approvalId, approvalId),
        after && sql`(${comments.at}, ${comments.id}) > (${after[0]}::timestamptz, ${after[1]})`,
      ),
    )
    .orderBy(asc(comments.at), asc(comments.id))
    .limit(page.limit + 1)
  const items = rows.slice(0, page.limit)
  const last = items.at(-1)
  const hasMore = rows.length > page.limit && last !== undefined
  return {
    items,
    nextCursor: hasMore ? encodeCursor(list, projectId, [last.at.toISOString(), last.id]) : null,
  }
}

/** The people who said something about an approval of the project, voted on it or take care of it. */
export async function listParticipants(
  db: Queryable,
  projectId: string,
  approvalId: string,
): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select author_id as id from comments
      where project_id = ${projectId} and approval_id = ${approvalId} and author_type = 'user'
    union select reviewer_id from decisions where project_id = ${projectId} and approval_id = ${approvalId}
    union select assignee_id from approvals
      where project_id = ${projectId} and id = ${approvalId} and assignee_id is not null`)
  return rows.map(({ id }) => id)
}
