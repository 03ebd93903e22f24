import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Answer, type Rest } from '@/lib/testing/rest'

let rest: Rest
let test: TestProject
let holder: postgres.Sql
let endHold: (() => void) | undefined
let held: Promise<unknown>

beforeAll(async () => {
  rest = await startRest()
  test = await makeTestProject(rest.db)
  await test.ask()
  holder = postgres(rest.databaseUrl, { max: 1, onnotice: () => undefined })
})
afterAll(async () => {
  await holder.end()
  await rest.close()
})
beforeEach(() => holdSearches())
afterEach(() => letSearchesGo())

/** Searches wait for a lock on what they look through, as they would for a disk, until they are let go. */
async function holdSearches(): Promise<void> {
  await new Promise<void>((isHeld) => {
    held = holder.begin(async (tx) => {
      await tx`lock table approval_search in access exclusive mode`
      isHeld()
      await new Promise<void>((go) => (endHold = go))
    })
  })
}

async function letSearchesGo(): Promise<void> {
  endHold?.()
  await held
}

const search = (token: string, signal?: AbortSignal) =>
  rest.call('GET', '/api/approvals?q=gated', { token, isSentOnce: true, ...(signal && { signal }) })
const codeOf = ({ status, body }: Answer) => (status === 200 ? '200' : `${status} ${String(body.code)}`)

/** How many connections just now wait for that lock, of those that answer requests. */
async function countWaiting(): Promise<number> {
  const [row] = await rest.db.execute<{ count: number }>(sql`
    select count(*)::int as count from pg_stat_activity a join pg_locks l on l.pid = a.pid
    where a.datname = current_database() and l.relation = 'approval_search'::regclass and not l.granted and a.query like '%walked%'`)
  return row?.count ?? 0
}

it('fifty slow searches hold none of the connections that asking and reading need', async () => {
  const people = await Promise.all(Array.from({ length: 25 }, () => test.member('viewer')))
  const searches = people.flatMap(({ token }) => [search(token), search(token)])
  await expect.poll(countWaiting).toBe(3)
  const body = { agent: 'tester', tool: 'gated', params: {} }
  for (let at = 0; at < 20; at++) {
    const asked = await rest.call('POST', '/api/approvals', { token: test.agent.token, body })
    expect(asked.status).toBe(201)
    const id = String(asked.body.id)
    const read = await rest.call('GET', `/api/approvals/${id}`, { token: people[at]?.token ?? '' })
    expect([read.status, read.body.status]).toEqual([200, 'pending'])
    const listed = await rest.call('GET', '/api/approvals?limit=5', { token: people[at]?.token ?? '' })
    expect(listed.status).toBe(200)
  }
  const codes = new Set((await Promise.all(searches)).map(codeOf))
  expect([...codes]).toEqual(['503 unavailable'])
  // Those that were given up wait for no connection either: with the last three, all are gone.
  await expect.poll(countWaiting).toBe(0)
}, 60_000)

it('a credential has two at a time; a third waits a little and is then told to come back', async () => {
  const [mine, other] = await Promise.all([test.member('viewer'), test.member('viewer')])
  const [first, second] = [search(mine.token), search(mine.token)]
  await expect.poll(countWaiting).toBe(2)
  const third = await search(mine.token)
  expect([codeOf(third), third.headers.get('retry-after')]).toEqual(['429 too_many_searches', '2'])
  const fourth = search(mine.token)
  const ofOther = search(other.token)
  await letSearchesGo()
  const answers = await Promise.all([first, second, fourth, ofOther])
  expect(answers.map(codeOf)).toEqual(['200', '200', '200', '200'])
})

it('a turn ends with the search, whether its caller hung up or its statement was cancelled', async () => {
  const { token } = await test.member('viewer')
  const gone = new AbortController()
  const left = [search(token, gone.signal), search(token, gone.signal)].map((one) => one.catch(() => 'gone'))
  await expect.poll(countWaiting).toBe(2)
  gone.abort()
  expect(await Promise.all(left)).toEqual(['gone', 'gone'])
  // The database ends both after four seconds.
  await expect.poll(countWaiting).toBe(0)
  await letSearchesGo()
  const again = await Promise.all([search(token), search(token)])
  expect(again.map(codeOf)).toEqual(['200', '200'])
}, 60_000)

it('asks as many as may wait and no more', async () => {
  const { token } = await test.member('viewer')
  const all = Array.from({ length: 30 }, () => search(token))
  const answers = await Promise.all(all)
  const refused = answers.filter((answer) => codeOf(answer) === '429 too_many_searches')
  expect(refused.length).toBeGreaterThanOrEqual(20)
  expect(answers.every(({ status }) => [200, 429, 503].includes(status))).toBe(true)
}, 60_000)
