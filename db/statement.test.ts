import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '@/lib/testing/database'
import { openDatabase, type Database } from './client'
import { statement } from './statement'

const columns = { text: 'text', list: 'text[]', flag: 'boolean', number: 'integer', at: 'timestamptz' }
const lists = { part: { note: 'text', flag: 'boolean', list: 'text[]' } }

type Out = { item: object; parts: object[] }

/** Answers what it was given. */
const echo = statement<typeof columns, typeof lists, Out>(
  columns,
  lists,
  () => `parts as (select part.n, json_agg(to_jsonb(part) - 'n' - 'place' order by place) as parts from part group by n)
  select n, to_jsonb(item) - 'n' as item, coalesce(parts, '[]') as parts from item left join parts using (n) order by n`,
)

const texts = [
  '',
  'NULL',
  'null',
  '{}',
  '{"a",b}',
  'a "quoted" word',
  String.raw`back\slash\"`,
  "it's",
  'line\nbreak\ttab',
  ' space ',
  'é 日本 🎉',
  '$1::text',
]
const itemOf = (text: string, at: number) => ({
  text,
  list: [text, 'b'],
  flag: at % 2 === 0,
  number: at,
  at: null,
})
const rowsOf = (text: string, count: number) =>
  Array.from({ length: count }, (_, at) => ({
    note: `${text}${at}`,
    flag: true,
    list: at === 0 ? [] : [text],
  }))

let database: Awaited<ReturnType<typeof createTestDatabase>>
let db: Database
let close: () => Promise<void>
beforeAll(async () => {
  database = await createTestDatabase()
  ;({ db, close } = openDatabase(database.url, 1, { isDirect: true }))
})
afterAll(async () => {
  await close()
  await database.drop()
})

describe('a statement for one or for several', () => {
  it.each(texts)('is given what was sent: %j', async (text) => {
    const given = { item: itemOf(text, 1), parts: rowsOf(text, 1) }
    const alone = { n: '1', ...given }
    expect(await echo(db, given.item, { part: given.parts })).toEqual(alone)
    const inTransaction = await db.transaction((tx) => echo(tx, given.item, { part: given.parts }))
    expect(inTransaction).toEqual(alone)
  })

  it('is given each with its own, where several come at a time', async () => {
    const given = texts.map((text, at) => ({ item: itemOf(text, at), parts: rowsOf(text, at % 3) }))
    const answers = await Promise.all(given.map(({ item, parts }) => echo(db, item, { part: parts })))
    expect(answers).toEqual(given.map((one, at) => ({ n: String(at + 1), ...one })))
  })

  it('is given null where a row of a list leaves something out, and moments as they are', async () => {
    const item = { ...itemOf('a', 1), number: null, flag: null, at: '2026-01-02T03:04:05.678Z' }
    for (const rows of [[{ note: 'x' }], [{ note: 'x' }, {}], []])
      expect(await echo(db, item, { part: rows })).toEqual({
        n: '1',
        item: { ...item, at: '2026-01-02T03:04:05.678+00:00' },
        parts: rows.map((row) => ({ note: null, flag: null, list: null, ...row })),
      })
  })

  it('refuses an item that lacks a value', async () => {
    const { text: _, ...item } = itemOf('a', 1)
    await expect(echo(db, item as ReturnType<typeof itemOf>, { part: [] })).rejects.toThrow(
      'The statement lacks a value for text.',
    )
  })
})
