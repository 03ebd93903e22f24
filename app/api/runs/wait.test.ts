import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Answer, type Rest } from '@/lib/testing/rest'
import { countWaits } from '@/lib/wake/room'

let rest: Rest
let test: TestProject
let token: string
let owner: string
let run: string

beforeAll(async () => {
  rest = await startRest({ MAX_WAITS_PER_KEY: '3' })
  test = await makeTestProject(rest.db)
  token = test.agent.token
  owner = (await test.member('owner')).token
})
beforeEach(async () => {
  const { body } = await rest.call('POST', '/api/runs', { token, body: { agent: 'tester' } })
  run = String(body.id)
})
afterAll(() => rest.close())

const read = (headers: Record<string, string> = {}, who = token, query = '') =>
  rest.call('GET', `/api/runs/${run}${query}`, { token: who, headers })
const wait = (known?: string | null, who = token, seconds = 20) =>
  read({ Prefer: `wait=${seconds}`, ...(known ? { 'If-None-Match': known } : {}) }, who)
const decide = (id: string, decision: string) =>
  rest.call('POST', `/api/approvals/${id}/decisions`, { token: owner, body: { decision } })
const tagOf = ({ headers }: Answer) => headers.get('etag')
const held = async () => {
  await expect.poll(() => countWaits(rest.db)).toBeGreaterThan(0)
}
const statusOf = ({ status, body }: Answer) => [status, body.status]

describe('GET /api/runs/{id} with a wait', () => {
  it('is answered at once where nothing is awaited', async () => {
    const answer = await wait()
    expect(statusOf(answer)).toEqual([200, 'running'])
    expect(answer.headers.get('preference-applied')).toBe('wait=20')
  })

  it('ends with the first decision, and with each that follows', async () => {
    const [a, b] = [
      await test.ask({ run_id: run, tool: 'soft' }),
      await test.ask({ run_id: run, tool: 'soft' }),
    ]
    const first = wait()
    await held()
    await decide(a.id, 'approve')
    const after = await first
    expect(statusOf(after)).toEqual([200, 'awaiting_approval'])
    const second = wait(tagOf(after))
    await held()
    await decide(b.id, 'reject')
    expect(statusOf(await second)).toEqual([200, 'running'])
  })

  it('hears of a claim, a result, a new question and the end of the run', async () => {
    const { id, tool, params, tool_call_id } = await test.ask({ run_id: run })
    const post = (path: string, body: object) => rest.call('POST', path, { token, body })
    const acts = [
      () => decide(id, 'approve'),
      () => post(`/api/approvals/${id}/claim`, { tool, params }),
      () => post(`/api/runs/${run}/tool-calls/${tool_call_id}/result`, { status: 'succeeded' }),
      () => test.ask({ run_id: run }),
      () => rest.call('PATCH', `/api/runs/${run}`, { token, body: { status: 'cancelled' } }),
    ]
    let known = tagOf(await read())
    for (const act of acts) {
      const waiting = wait(known)
      await held()
      await act()
      const answer = await waiting
      expect(answer.status).toBe(200)
      expect(tagOf(answer)).not.toBe(known)
      known = tagOf(answer)
    }
    expect((await wait(known)).status).toBe(304)
  })

  it('tells at once what the caller does not know, and 304 where nothing happened', async () => {
    await test.ask({ run_id: run })
    expect((await wait('"other"')).status).toBe(200)
    const known = tagOf(await read())
    const same = await wait(known, token, 1)
    expect([same.status, same.text, same.headers.get('preference-applied'), tagOf(same)]).toEqual([
      304,
      '',
      'wait=1',
      known,
    ])
    expect((await read({ 'If-None-Match': known ?? '' })).status).toBe(304)
    expect(statusOf(await wait(undefined, token, 1))).toEqual([200, 'awaiting_approval'])
  })

  it('hears within 2 s of what was written where nobody told', async () => {
    const { id } = await test.ask({ run_id: run })
    const waiting = wait()
    await held()
    await rest.db.execute(
      sql`update approvals set expires_at = clock_timestamp() - interval '1 millisecond' where id = ${id}`,
    )
    const begun = performance.now()
    expect(statusOf(await waiting)).toEqual([200, 'failed'])
    expect(performance.now() - begun).toBeLessThan(4000)
  })

  it('ends with 401 within 2 s of the key being revoked, and never with a decision', async () => {
    const { id } = await test.ask({ run_id: run })
    const key = await test.key(['run'])
    const waiting = wait(undefined, key.token)
    await held()
    await rest.db.execute(sql`update keys set revoked_at = now() where id = ${key.actor.id}`)
    await decide(id, 'approve')
    expect(statusOf(await waiting)[0]).toBe(401)
  })

  it('counts with the other waits of its key', async () => {
    const { id } = await test.ask({ run_id: run })
    const key = await test.key(['run'])
    const gone = new AbortController()
    const call = (path: string) =>
      rest.call('GET', `${path}?wait=20`, { token: key.token, signal: gone.signal }).catch(() => undefined)
    const waits = [call(`/api/runs/${run}`), call(`/api/runs/${run}`), call(`/api/approvals/${id}`)]
    await expect.poll(() => countWaits(rest.db)).toBe(3)
    const refused = await wait(undefined, key.token)
    expect([refused.status, refused.body.code]).toEqual([429, 'too_many_waits'])
    expect((await read({}, key.token)).status).toBe(200)
    gone.abort()
    await Promise.all(waits)
    await expect.poll(() => countWaits(rest.db)).toBe(0)
  })

  it('asks the database for all who wait together', async () => {
    const { id } = await test.ask({ run_id: run })
    const keys = await Promise.all(Array.from({ length: 10 }, () => test.key(['run'])))
    const waits = keys.map((key) => wait(undefined, key.token))
    await expect.poll(() => countWaits(rest.db)).toBe(10)
    await decide(id, 'approve')
    for (const answer of await Promise.all(waits)) expect(statusOf(answer)).toEqual([200, 'running'])
  })
})
