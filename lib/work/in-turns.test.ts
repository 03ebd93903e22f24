import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Database } from '@/db/client'
import { isNotAside } from '@/db/queries/set-aside'
import { openTestDatabase } from '@/lib/testing/open-database'
import { upToBytes, workInTurns, type Round, type Task } from './in-turns'
import { retrySetAside, setAside } from './set-aside'

let db: Database
let close: () => Promise<void>
let log: ReturnType<typeof vi.spyOn>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  await db.execute(sql`delete from set_aside`)
  log = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  return () => log.mockRestore()
})

const piecesOf = (projectId: string, count: number): Task[] =>
  Array.from({ length: count }, (_, i) => ({ id: `${projectId}${i}`, projectId }))

/** Works as a query on a table would: lists what is neither done nor set aside, and does it. */
function workOn(all: Task[], isBad: (ids: string[]) => unknown) {
  const done: string[] = []
  const tried: string[][] = []
  const list = async () => {
    const rows = await db.execute<{ id: string }>(sql`
      select id from json_array_elements_text(${JSON.stringify(all.map((one) => one.id))}::text::json) as w(id)
      where ${isNotAside('search', sql`w.id`)}`)
    const free = new Set(rows.map((row) => row.id))
    return all.filter((one) => free.has(one.id) && !done.includes(one.id))
  }
  const round = async (pieces?: Task[]): Promise<Round> =>
    workInTurns(db, 'search', pieces ?? (await list()), async (some) => {
      const ids = some.map((one) => one.id)
      tried.push(ids)
      const error = isBad(ids)
      if (error) throw error
      done.push(...ids)
      return ids
    })
  return { done, tried, round, list }
}

const asideOf = () =>
  db.execute<Record<string, unknown>>(sql`
    select subject_id as id, project_id as project, tries, error, retry_at is not null as "isRetried" from set_aside order by 1`)

describe('workInTurns', () => {
  it('does everything together where nothing fails', async () => {
    const { tried, round, done } = workOn([...piecesOf('a', 3), ...piecesOf('b', 2)], () => undefined)
    expect(await round()).toEqual({ done: 5, failed: 0 })
    expect([tried.length, done.length]).toEqual([1, 5])
  })

  it('does the other projects’ work in the same round, halves the one that fails, and sets one piece aside', async () => {
    const tooSlow = Object.assign(new Error('canceling'), { code: '57014', routine: 'ProcessInterrupts' })
    const all = [...piecesOf('c', 8), ...piecesOf('d', 3)]
    const { tried, round, done, list } = workOn(all, (ids) => ids.includes('c2') && tooSlow)
    await round()
    expect(done.toSorted()).toEqual(['d0', 'd1', 'd2'])
    let rounds = 1
    while ((await list()).length > 0 && rounds < 20) {
      await round()
      rounds += 1
    }
    expect(done.toSorted()).toEqual(
      all
        .map((one) => one.id)
        .filter((id) => id !== 'c2')
        .toSorted(),
    )
    expect(tried.map((ids) => ids.length)).toEqual([11, 8, 3, 4, 2, 4, 2, 1, 1, 2, 2])
    expect(await asideOf()).toMatchObject([
      { id: 'c2', project: 'c', tries: 1, error: 'PostgreSQL 57014 in ProcessInterrupts', isRetried: true },
    ])
    const lines = log.mock.calls.map((args: unknown[]) => JSON.parse(String(args[0])) as object)
    expect(lines).toMatchObject([{ where: 'set aside', kind: 'search', id: 'c2', project: 'c', tries: 1 }])
  })

  it('tries again what was set aside when its time has come, six times in all, and forgets it when it is done', async () => {
    let isBad = true
    const all = piecesOf('e', 1)
    const { tried, round, list } = workOn(all, () => isBad && new RangeError('too bad'))
    for (let i = 0; i < 8; i++) {
      if ((await list()).length > 0) await round()
      await db.execute(
        sql`update set_aside set retry_at = clock_timestamp() - interval '1 millisecond' where retry_at is not null`,
      )
    }
    expect(tried.length).toBe(6)
    expect(await asideOf()).toMatchObject([{ tries: 6, error: 'RangeError: too bad', isRetried: false }])
    expect(await retrySetAside(db)).toBe(1)
    isBad = false
    await round(all.map((one) => ({ ...one, isAgain: true })))
    expect(await asideOf()).toEqual([])
  })

  it('forgets only what was done: what another process is at keeps its tries', async () => {
    const [first, second] = piecesOf('g', 2).map((piece) => ({ ...piece, isAgain: true }))
    if (!first || !second) throw new Error('two pieces')
    for (const piece of [first, second, first, second]) await setAside(db, 'search', piece, new Error('no'))
    expect(await workInTurns(db, 'search', [first, second], async () => [])).toEqual({ done: 0, failed: 0 })
    expect(await asideOf()).toMatchObject([{ tries: 2 }, { tries: 2 }])
    expect((await workInTurns(db, 'search', [first, second], async () => [second.id])).done).toBe(1)
    expect(await asideOf()).toMatchObject([{ id: first.id, tries: 2 }])
  })

  it.each([
    ['a lost connection', { code: 'CONNECTION_CLOSED' }],
    ['a refused one', { code: 'ECONNREFUSED' }],
    ['a full disk', { code: '53100' }],
    ['a server that stops', { code: '57P01' }],
    ['a read-only one', { code: '25006' }],
    ['a deadlock', { code: '40P01' }],
    ['a right that is missing', { code: '42501' }],
  ])('sets nothing aside for %s', async (_name, fields) => {
    const error = Object.assign(new Error('not now'), fields)
    const { round } = workOn(piecesOf('f', 1), () => new Error('query failed', { cause: error }))
    await expect(round()).rejects.toThrow('query failed')
    expect(await asideOf()).toEqual([])
  })
})

describe('upToBytes', () => {
  it('takes the first that fit, and one that does not fit alone', () => {
    const sized = (...sizes: number[]) => sizes.map((bytes) => ({ bytes }))
    expect(upToBytes(sized(4, 4, 4), 8)).toEqual(sized(4, 4))
    expect(upToBytes(sized(9, 1), 8)).toEqual(sized(9))
    expect(upToBytes(sized(), 8)).toEqual([])
  })
})
