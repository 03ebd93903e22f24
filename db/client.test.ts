import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase } from '@/lib/testing/database'
import { closeSharedDatabase, runForLists, runStatement, sharedDatabase, type Database } from './client'

let database: Awaited<ReturnType<typeof createTestDatabase>>
let db: Database
beforeAll(async () => {
  database = await createTestDatabase()
  db = sharedDatabase(database.url)
})
afterAll(async () => {
  await closeSharedDatabase()
  await database.drop()
})

const backend = async () => {
  const [row] = await runStatement<{ pid: number }>(db, 'select pg_backend_pid() as pid, $1::text', ['a'])
  return row?.pid
}

it('runs statements of the hot path one after the other over one connection, however many are open', async () => {
  const sleeping = () => runForLists(db, 'select pg_backend_pid(), pg_sleep($1::float8)::text', [0.2])
  const open = (await Promise.all([sleeping(), sleeping()])).map(([row]) => row?.[0])
  expect(new Set(open).size).toBe(2)
  const pids = new Set<number | undefined>()
  for (let at = 0; at < 10; at++) pids.add(await backend())
  expect([...pids]).toEqual([open[0]])
})

it('keeps nobody waiting behind another while a connection is free, whatever failed before', async () => {
  await expect(runStatement(db, 'select 1 / $1::int', [0])).rejects.toMatchObject({ code: '22012' })
  const slow = runStatement(db, 'select pg_sleep($1::float8)::text', [0.5])
  let isSlowDone = false
  void slow.then(() => (isSlowDone = true))
  await backend()
  expect(isSlowDone).toBe(false)
  await slow
})
