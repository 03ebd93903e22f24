import { and, eq } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { projects } from '@/db/schema/identity'
import { runs } from '@/db/schema/runs'
import { newestFirst } from './newest-first'

/** Since when a project is archived, and by whom; undefined where it is not. */
export async function findArchive(
  db: Queryable,
  projectId: string,
): Promise<{ at: Date; by: string } | undefined> {
  const [row] = await db
    .select({ at: projects.archivedAt, by: projects.archivedBy })
    .from(projects)
    .where(eq(projects.id, projectId))
  return row?.at ? { at: row.at, by: row.by ?? '' } : undefined
}

/** The same, and it stays so until the transaction ends. */
export async function holdArchive(tx: Queryable, projectId: string): Promise<boolean> {
  const [row] = await tx
    .select({ at: projects.archivedAt })
    .from(projects)
    .where(eq(projects.id, projectId))
    .for('share')
  return row?.at != null
}

/** Runs of a project that have not ended, by id: first those in which something is pending. */
export async function listOpenRuns(db: Queryable, projectId: string, limit: number): Promise<string[]> {
  const open: string[] = []
  for (const status of ['awaiting_approval', 'running'] as const) {
    if (open.length >= limit) break
    const rows = await db
      .select({ id: runs.id })
      .from(runs)
      .where(and(eq(runs.projectId, projectId), eq(runs.status, status)))
      .orderBy(...newestFirst(runs.startedAt, runs.id))
      .limit(limit - open.length)
    open.push(...rows.map(({ id }) => id))
  }
  return open
}
