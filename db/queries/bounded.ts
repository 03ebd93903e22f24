import { sql, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'

/**
 * A page of a list holds texts of so many bytes, and of at most one item more: items are taken until it is
 * reached. Without this, a hundred items of the largest size would be read and built at once.
 */
export const mostListBytes = 4 << 20

/** What an item takes beside its long texts. */
const itemBytes = 512

/** How long a text is, which PostgreSQL knows without reading one that is kept apart from its row. */
export function bytesOf(text: PgColumn | SQL): SQL {
  return sql`coalesce(octet_length(${text}), 0)`
}

/**
 * Whether a row is within the page's bytes: what the rows before it take has not reached the most.
 * @param sizes of the texts that the row is to be read with
 * @param order as the rows of the page are ordered
 */
export function isWithinBytes(sizes: SQL[], order: SQL): SQL<boolean> {
  const size = sql.join([sql.raw(String(itemBytes)), ...sizes], sql` + `)
  return sql<boolean>`(coalesce(sum(${size}) over (order by ${order}
    rows between unbounded preceding and 1 preceding), 0) < ${sql.raw(String(mostListBytes))})`
}

/** A long text of a row that is within the page's bytes; of others it is not read. */
export function ifWithin(isWithin: SQL, text: PgColumn | SQL): SQL<string | null> {
  return sql<string | null>`case when ${isWithin} then ${text} end`
}

/**
 * The rows of a page, one more of which was read, that are within its limit and its bytes.
 * @returns `end` the last of them where more follow
 */
export function cutPage<R extends { isWithin: boolean }>(rows: R[], limit: number): { items: R[]; end?: R } {
  const beyond = rows.findIndex((row) => !row.isWithin)
  const items = rows.slice(0, beyond < 0 ? limit : Math.min(beyond, limit))
  const last = items.at(-1)
  return { items, ...(last && rows.length > items.length && { end: last }) }
}
