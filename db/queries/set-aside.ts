import { sql, type SQL } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { setAside } from '@/db/schema/set-aside'

/** The kinds of work that sets aside what cannot be done. */
export const workKinds = ['dispatch', 'search', 'expiry', 'reminder', 'seal', 'prune'] as const
export type WorkKind = (typeof workKinds)[number]

/** A condition: the row of this id is not set aside for such work, or its time to be tried again has come. */
export function isNotAside(kind: WorkKind, id: SQL): SQL {
  return sql`not exists (
    select from set_aside s where s.kind = ${kind} and s.subject_id = ${id}
      and (s.retry_at is null or s.retry_at > clock_timestamp()))`
}

/** A condition: the row of this id is not set aside for such work, whether or not its time has come again. */
export function isNowhereAside(kind: WorkKind, id: SQL): SQL {
  return sql`not exists (select from set_aside s where s.kind = ${kind} and s.subject_id = ${id})`
}

/** How many rows are set aside, by the kind of work. */
export async function countSetAside(db: Queryable): Promise<{ kind: string; count: number }[]> {
  return [
    ...(await db.execute<{ kind: string; count: number }>(sql`
    select kind, count(*)::int as count from set_aside group by kind`)),
  ]
}

/** What is set aside for a kind of work and is not to be tried yet. */
export async function listSetAside(db: Queryable, kind: WorkKind): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select subject_id as id from set_aside
    where kind = ${kind} and (retry_at is null or retry_at > clock_timestamp())`)
  return rows.map((row) => row.id)
}

/** What is set aside, oldest first, 1,000 rows at most; for an operator. */
export async function listAllSetAside(db: Queryable) {
  const { kind, subjectId, projectId, tries, error, at, retryAt } = setAside
  return db
    .select({ kind, id: subjectId, projectId, tries, error, at, retryAt })
    .from(setAside)
    .orderBy(setAside.at)
    .limit(1000)
}
