import type { SQL } from 'drizzle-orm'
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
