import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import type postgres from 'postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase } from '@/lib/testing/database'
import { completeRows } from './complete-rows'
import { openSql } from './drivers'

let database: Awaited<ReturnType<typeof createTestDatabase>>
let sql: postgres.Sql
beforeAll(async () => {
  database = await createTestDatabase()
  sql = openSql(database.url, { max: 1, name: 'test' })
})
afterAll(async () => {
  await sql.end({ timeout: 1 })
  await database.drop()
})

/** Runs into an end after some thousand rows have come. */
const broken = (end: string) =>
  sql.unsafe(`select n, case when n > 3000 then ${end} end, repeat('x', 200) from generate_series(1, 4000) n`)

it.each([
  ['an error', '(1 / (n - 3001))::text', 'division by zero'],
  ['the end of its session', 'pg_terminate_backend(pg_backend_pid())::text', 'terminating connection'],
])('what comes after a statement that %s broke off within its rows is read whole', async (_, end, says) => {
  const ask = () => sql`select 'there' as word`
  for (let turn = 0; turn < 4; turn++) {
    const [failed, ...next] = await Promise.allSettled([broken(end), ask(), ask()])
    expect(failed).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining(says) } })
    // What a connection takes along as it ends fails with it.
    const later = await Promise.allSettled([ask()])
    const read = [...next, ...later].flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    for (const rows of read) expect([...rows]).toEqual([{ word: 'there' }])
    expect([...(await ask())]).toEqual([{ word: 'there' }])
  }
})

const message = (letter: string, body: string) => {
  const head = Buffer.from(`${letter}\0\0\0\0`)
  head.writeInt32BE(4 + body.length, 1)
  return Buffer.concat([head, Buffer.from(body)])
}
const [row, completed, error, ready] = [
  message('D', 'E'.repeat(300)),
  message('C', 'SELECT 2\0'),
  message('E', 'SERROR\0\0'),
  message('Z', 'I'),
]

it.each([1, 2, 3, 4, 5, 7, 300, 10_000])('says so wherever the bytes are parted: by %d', (size) => {
  const socket = new EventEmitter()
  completeRows(socket as Socket)
  const heard: Buffer[] = []
  socket.on('data', (chunk: Buffer) => heard.push(Buffer.from(chunk)))
  const said = Buffer.concat([row, row, completed, ready, error, ready, row, error, ready, row, row])
  for (let at = 0; at < said.length; at += size) socket.emit('data', said.subarray(at, at + size))
  socket.emit('close', false)
  socket.emit('close', false)
  const added = message('C', 'SELECT 0\0')
  expect(Buffer.concat(heard).toString('latin1')).toBe(
    Buffer.concat([
      row,
      row,
      completed,
      ready,
      error,
      ready,
      row,
      added,
      error,
      ready,
      row,
      row,
      added,
    ]).toString('latin1'),
  )
})
