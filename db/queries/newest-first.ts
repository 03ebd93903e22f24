import { sql, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'

/**
 * Newest first as our indexes have it: drizzle makes them `desc nulls last`, and PostgreSQL, for which a bare
 * `desc` is `nulls first`, would rather read and sort the whole table than use them.
 */
export function newestFirst(...columns: PgColumn[]): SQL[] {
  return columns.map((column) => sql`${column} desc nulls last`)
}
