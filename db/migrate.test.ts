import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSql } from './drivers'
import { migrate } from './migrate'
import { createTestDatabase } from '@/lib/testing/database'

let database: { url: string; drop(): Promise<void> }
let folder: string
beforeEach(async () => {
  database = await createTestDatabase()
  folder = mkdtempSync(path.join(tmpdir(), 'holdpoint-migrations-'))
  mkdirSync(path.join(folder, 'meta'))
  const sql = openSql(database.url, { max: 1, name: 'test' })
  // as an older version left it
  await sql.unsafe(
    'drop schema drizzle cascade; create table doors (id integer); create table rooms (id integer)',
  )
  await sql.end()
})
afterEach(async () => {
  rmSync(folder, { recursive: true })
  await database.drop()
})

function write(...statements: string[]): void {
  const entries = statements.map((_, idx) => ({
    idx,
    version: '7',
    when: idx + 1,
    tag: `000${idx}`,
    breakpoints: true,
  }))
  writeFileSync(
    path.join(folder, 'meta/_journal.json'),
    JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
  )
  for (const [idx, statement] of statements.entries())
    writeFileSync(path.join(folder, `000${idx}.sql`), statement)
}

test('a migration that waits for a table lets those pass who wait behind it', async () => {
  write('alter table doors add column color text')
  const sql = openSql(database.url, { max: 2, name: 'test' })
  const reader = await sql.reserve()
  await reader.unsafe('begin; select from doors')
  const migrated = migrate(database.url, folder)
  await expect.poll(() => waiting(sql)).toBe(1)
  // Behind the migration, whose lock nobody shares; the reader before it does not end until this has been answered.
  expect(await sql`select count(*)::int from doors`).toEqual([{ count: 0 }])
  await reader.unsafe('commit')
  reader.release()
  await migrated
  expect(await sql`select color from doors`).toEqual([])
  await sql.end()
})

test('a migration that waits for one who waits for it lets go, and comes again', async () => {
  write('alter table doors add column color text', 'alter table rooms add column color text')
  const sql = openSql(database.url, { max: 2, name: 'test' })
  const other = await sql.reserve()
  await other.unsafe('begin; insert into rooms values (1)')
  const migrated = migrate(database.url, folder)
  await expect.poll(() => waiting(sql)).toBe(1)
  await other.unsafe('insert into doors values (1); commit')
  other.release()
  await migrated
  expect(await sql`select d.color from doors d, rooms r`).toEqual([{ color: null }])
  await sql.end()
})

async function waiting(sql: ReturnType<typeof openSql>): Promise<number | undefined> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int from pg_locks join pg_database d on d.oid = database
    where datname = current_database() and not granted and locktype = 'relation'`
  return row?.count
}
