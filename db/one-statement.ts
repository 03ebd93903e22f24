import { sql, type SQLWrapper } from 'drizzle-orm'
import type { Transaction } from './client'

/**
 * Runs several writes as one statement, in one trip: each is a part of a WITH, all see the same snapshot,
 * and foreign keys are checked at its end, so that their order means nothing. No two may touch the same row.
 */
export async function inOneStatement(tx: Transaction, writes: SQLWrapper[]): Promise<void> {
  const parts = writes.map((write, i) => sql`${sql.raw(`write_${i}`)} as ${write}`)
  await tx.execute(sql`with ${sql.join(parts, sql`, `)} select 1`)
}
