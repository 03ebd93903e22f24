import { expect, test } from 'vitest'
import { openSql } from '@/db/drivers'
import { openTestDatabase } from '@/lib/testing/open-database'
import { openTap, WireReader, type Sent } from './tap'

test('what a client sends to PostgreSQL is read from the wire, with what went out together', async () => {
  const database = await openTestDatabase(1)
  const tap = await openTap(database.url)
  const sql = openSql(tap.url, { max: 1, name: 'test' })
  try {
    await sql`select ${1}::int, ${null}::text, ${'ä'}::text`
    tap.take()
    await sql.begin((tx) => Promise.all([tx`select ${'one'}::text`, tx`select ${'two'}::text`]))
    const [begin, one, two, commit, ...more] = tap.take()
    expect(more).toEqual([])
    expect([begin?.text.trim(), commit?.text.trim()]).toEqual(['begin', 'commit'])
    expect([one?.text, one?.params]).toEqual(['select $1::text', ['one']])
    expect(two?.params).toEqual(['two'])
    await sql`select ${1}::int, ${null}::text, ${'ä'}::text`
    expect(tap.take()).toMatchObject([
      { text: 'select $1::int, $2::text, $3::text', params: ['1', null, 'ä'] },
    ])
    expect(commit?.trip).toBeGreaterThan(two?.trip ?? Infinity)
  } finally {
    await sql.end()
    await tap.close()
    await database.close()
  }
})

test('messages are read wherever they are cut', () => {
  const seen: Sent[] = []
  const reader = new WireReader((statement) => seen.push(statement))
  const startup = Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0])
  const query = Buffer.concat([Buffer.from('Q'), Buffer.from([0, 0, 0, 13]), Buffer.from('select 1\0')])
  const ready = Buffer.from([0x5a, 0, 0, 0, 5, 0x49])
  for (const byte of Buffer.concat([startup, query])) reader.fromClient(Buffer.from([byte]))
  for (const byte of ready) reader.fromServer(Buffer.from([byte]))
  reader.fromClient(query)
  expect(seen.map(({ text, trip }) => [text, trip])).toEqual([
    ['select 1', 0],
    ['select 1', 1],
  ])
})
