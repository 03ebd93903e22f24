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
