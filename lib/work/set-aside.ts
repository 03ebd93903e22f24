import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { isOneOf } from '@/db/one-of'
import type { WorkKind } from '@/db/queries/set-aside'
import { describeError } from '@/lib/describe-error'
import { log } from '@/lib/log'

/** A row that work is done for, and the project whose it is. */
export type Piece = { id: string; projectId: string }

/** Seconds until the next try after each; after the last it is given up. */
const pauses = [10, 60, 600, 3600, 21_600]

/**
 * Writes that a piece of work cannot be done for now, or, after six tries, at all; and says so in one line of JSON
 * on standard error, with ids and the kind of error.
 */
export async function setAside(db: Queryable, kind: WorkKind, piece: Piece, error: unknown): Promise<void> {
  const words = describeError(error)
  const [row] = await db.execute<{ tries: number; retryAt: string | null }>(sql`
    insert into set_aside as s (kind, subject_id, project_id, error, retry_at)
    values (${kind}, ${piece.id}, ${piece.projectId}, ${words}, clock_timestamp() + make_interval(secs => ${pauses[0] ?? 0}))
    on conflict (kind, subject_id) do update set tries = s.tries + 1, error = excluded.error,
      retry_at = clock_timestamp() + make_interval(secs => (${`{${pauses.join()}}`}::int[])[s.tries + 1])
    returning tries, retry_at as "retryAt"`)
  const { tries, retryAt } = row ?? { tries: 1, retryAt: null }
  const place = { where: 'set aside', kind, id: piece.id, project: piece.projectId }
  log.error({ ...place, error: words, tries, retry_at: retryAt })
}

/** Forgets that pieces were set aside: they are done, or gone. */
export async function takeBack(db: Queryable, kind: WorkKind, ids: string[]): Promise<void> {
  await db.execute(sql`delete from set_aside where kind = ${kind} and ${isOneOf(sql`subject_id`, ids)}`)
}

/**
 * Has everything that is set aside tried again at once, as if for the first time.
 * @returns how many
 */
export async function retrySetAside(db: Queryable): Promise<number> {
  const { count } = await db.execute(sql`update set_aside set retry_at = clock_timestamp(), tries = 0`)
  return count
}
