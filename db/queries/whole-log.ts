import { sql, type SQL } from 'drizzle-orm'

/**
 * A query of the whole audit log as two in one, each by an index of its own: of the entries that are sealed, and of the
 * few that are about to be.
 * @param query one of rows of `audit_entries e` of which the condition holds; in brackets where it is ordered or limited
 */
export function inWholeLog(query: (isIn: SQL) => SQL): SQL {
  return sql`${query(sql`e.seq is not null`)} union all ${query(sql`e.seq is null`)}`
}
