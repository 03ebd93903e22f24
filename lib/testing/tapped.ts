import { openDatabase, type Database } from '@/db/client'
import { openTap, type Tap } from '@/lib/cli/bench/tap'
import type { Context, MemberActor } from '@/lib/context'
import { createTestDatabase } from './database'
import { makeTestProject, type TestProject } from './project'

/** A project in a database of one's own, and a tap that hears what is sent to it by `db`. */
export type Tapped = {
  tap: Tap
  db: Database
  /** Past the tap. */
  url: string
  test: TestProject
  reviewer: Context<MemberActor>
  close(): Promise<void>
}

/** Opens it with a pool of four; `close` drops it, after the pools of others are closed. */
export async function openTapped(): Promise<Tapped> {
  const database = await createTestDatabase()
  const tap = await openTap(database.url)
  const { db, close: closePool } = openDatabase(tap.url, 4)
  const test = await makeTestProject(db)
  const reviewer = await test.member('reviewer')
  const close = async () => {
    await closePool()
    await tap.close()
    await database.drop()
  }
  return { tap, db, url: database.url, test, reviewer, close }
}
