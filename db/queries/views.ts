import { and, asc, eq, isNull, or, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { viewDefaults, views } from '@/db/schema/views'

/** A view as one person sees it. */
export type ViewRecord = typeof views.$inferSelect & { isDefault: boolean }

/** What a person sees of a project's views: their own and the project's, by name. */
export async function listViews(db: Queryable, projectId: string, userId: string): Promise<ViewRecord[]> {
  return read(db, projectId, userId)
}

/** One of them. */
export async function findView(
  db: Queryable,
  projectId: string,
  userId: string,
  id: string,
): Promise<ViewRecord | undefined> {
  return (await read(db, projectId, userId, id))[0]
}

async function read(db: Queryable, projectId: string, userId: string, id?: string): Promise<ViewRecord[]> {
  const rows = await db
    .select({ view: views, isDefault: sql<boolean>`${viewDefaults.viewId} is not null` })
    .from(views)
    .leftJoin(viewDefaults, and(eq(viewDefaults.viewId, views.id), eq(viewDefaults.userId, userId)))
    .where(
      and(
        eq(views.projectId, projectId),
        or(isNull(views.userId), eq(views.userId, userId)),
        id === undefined ? undefined : eq(views.id, id),
      ),
    )
    .orderBy(asc(views.name), asc(views.id))
  return rows.map(({ view, isDefault }) => ({ ...view, isDefault }))
}
