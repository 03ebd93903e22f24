import { openDatabase, type Database } from '@/db/client'
import { createTestDatabase } from './database'

/** A database of one's own with a pool; `close` drops it. */
export async function openTestDatabase(
  max = 10,
): Promise<{ db: Database; url: string; close(): Promise<void> }> {
  const database = await createTestDatabase()
  const { db, close } = openDatabase(database.url, max)
  return { db, url: database.url, close: () => close().then(database.drop) }
}

/** The same with a second pool, for another process as it were. */
export async function openTwoPools(
  max: number,
): Promise<{ db: Database; other: Database; url: string; close(): Promise<void> }> {
  const one = await openTestDatabase(max)
  const { db: other, close } = openDatabase(one.url, max)
  return { ...one, other, close: () => close().then(one.close) }
}
