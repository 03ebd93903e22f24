import { sql, type SQL } from 'drizzle-orm'
import { expect } from 'vitest'
import type { Database } from '@/db/client'

/**
 * Takes locks by a statement, as somebody who is slow, until they are let go.
 * @param statement such as `lock table …` or `select … for update`
 * @returns once they are held
 */
export async function holdLocks(db: Database, statement: SQL): Promise<{ letGo(): Promise<void> }> {
  let end = () => undefined as void
  const ended = new Promise<void>((resolve) => (end = resolve))
  let holding: Promise<unknown> = Promise.resolve()
  await new Promise<void>((resolve, reject) => {
    holding = db
      .transaction(async (tx) => {
        await tx.execute(statement)
        resolve()
        await ended
      })
      .catch(reject)
  })
  return {
    letGo: async () => {
      end()
      await holding
    },
  }
}

/**
 * Until so many connections, or more, to this database wait for a lock.
 * @param db a pool with a connection to spare
 */
export async function untilWaiting(db: Database, count: number): Promise<void> {
  const waiting = () =>
    db.execute(
      sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
  await expect.poll(async () => (await waiting()).length, { interval: 20 }).toBeGreaterThanOrEqual(count)
}
