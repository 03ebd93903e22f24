import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { api } from '@/lib/http/api'
import { startSession } from '@/lib/members/session'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Answer, type Rest } from '@/lib/testing/rest'

/** As they stand in an address. */
const hostile = {
  nothing: '',
  NUL: '%00',
  'NUL within': 'a%00b',
  'half a surrogate': '%ED%A0%80',
  'no UTF-8': '%FF%FE',
  'broken encoding': '%zz',
  'a line break': '%0d%0aX-Evil:%201',
  'a prototype’s name': '__proto__',
  'a method’s name': 'constructor',
  'a path': '..%2f..%2fetc',
  SQL: "'%20or%201=1--",
  'a pattern': '%25_%5c',
  'a noncharacter': '%EF%BF%BF',
  'an astral sign': '%F0%9F%92%A9',
  'something long': 'a'.repeat(6000),
  'a number too large': '99999999999999999999',
  'a blank': '%20',
}
const values = Object.entries(hostile)

let rest: Rest
let test: TestProject
let tokens: Record<string, Record<string, string>>
let document: {
  paths: Record<string, { get?: { parameters?: { in: string; name: string }[] } }>
}

beforeAll(async () => {
  rest = await startRest()
  test = await makeTestProject(rest.db)
  document = (await rest.call('GET', '/api/openapi.json')).body as never
  const owner = await test.member('owner')
  const { token } = await startSession(rest.db, owner.actor.id)
  const origin = { origin: 'http://localhost:3000' }
  tokens = {
    'an agent key': { authorization: `Bearer ${test.agent.token}` },
    'a session': { cookie: `next-auth.session-token=${token}`, ...origin },
  }
})
afterAll(() => rest.close())

/** Every address of the API. */
const paths = [...new Set(Object.keys(api).map((call) => `/api${call.split(' ')[1]}`))].sort()

const reads = ['GET', 'HEAD']
const writes = ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

function fill(path: string, value: (name: string) => string): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => value(name))
}

/** A problem document below 500, or, for what turns out to be harmless, an answer that is none. */
function judge(answer: Answer, isHead: boolean): string[] {
  if (answer.status >= 500) return [`${answer.status} ${answer.text.slice(0, 200)}`]
  if (answer.status < 400 || isHead) return []
  const isProblem = answer.headers.get('content-type')?.startsWith('application/problem+json')
  return isProblem && typeof answer.body.code === 'string' ? [] : [`no problem document: ${answer.status}`]
}

type Case = { method: string; path: string; headers: Record<string, string> }
const atOnce = 8

async function tryAll(cases: Case[]): Promise<string[]> {
  const wrong: string[] = []
  const left = cases.values()
  const work = async () => {
    for (const { method, path, headers } of left) {
      const body = ['POST', 'PUT', 'PATCH'].includes(method) ? {} : undefined
      const answer = await rest.call(method, path, { headers, body })
      for (const fault of judge(answer, method === 'HEAD'))
        wrong.push(`${method} ${path.slice(0, 80)}: ${fault}`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return wrong
}

describe('whatever stands in an address is refused in words, at every route', () => {
  const withIds = paths.filter((path) => path.includes('{'))

  it('knows the routes', () => {
    expect(paths.length).toBeGreaterThan(30)
    expect(withIds.length).toBeGreaterThan(12)
  })

  it.each(withIds)('%s', async (path) => {
    const cases = values.flatMap(([, value]) =>
      Object.values(tokens).flatMap((headers) =>
        [...reads, ...writes].map((method) => ({ method, path: fill(path, () => value), headers })),
      ),
    )
    expect(await tryAll(cases)).toEqual([])
  })
})

describe('whatever stands in a query is refused in words, at every route', () => {
  const ids: Record<string, string> = { name: 'refund-bot', id: 'apr_01J00000000000000000000000', call: 'c1' }

  it.each(paths)('%s', async (path) => {
    const described = document.paths[path]?.get?.parameters ?? []
    const known = described.filter((one) => one.in === 'query').map((one) => one.name)
    const cases = [...known, 'unknown', 'project', '__proto__', '%00', 'a%00b'].flatMap((name) =>
      values.flatMap(([, value]) =>
        Object.values(tokens).map((headers) => ({
          method: 'GET',
          path: `${fill(path, (id) => ids[id] ?? 'x')}?${name}=${value}`,
          headers,
        })),
      ),
    )
    // A stream that is let through would never end.
    const finite = path.endsWith('/stream')
      ? cases.filter(({ path: one }) => /\?(unknown|__proto__|%00|a%00b)=/.test(one))
      : cases
    expect(await tryAll(finite)).toEqual([])
  })

  it.each(['%00', 'a%00b'])('NUL is named: q=%s', async (value) => {
    const answer = await rest.call('GET', `/api/approvals?q=${value}`, { token: test.agent.token })
    expect([answer.status, answer.body.code, answer.body.errors]).toEqual([
      400,
      'invalid_query',
      [{ pointer: '/q', detail: 'Holds a NUL character (%00); leave it out.' }],
    ])
    const agent = await rest.call('GET', `/api/agents/${value}`, { token: test.agent.token })
    expect([agent.status, agent.body.code]).toEqual([400, 'invalid_id'])
  })

  it('__proto__ is unknown, not dropped', async () => {
    const answer = await rest.call('GET', '/api/approvals?__proto__=1', { token: test.agent.token })
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_query'])
  })
})

describe('a time that no database holds', () => {
  const times = ['0000-01-01T00:00:00Z', '9999-12-31T23:59:59-14:00', '0001-01-01T00:00:00+14:00']

  it.each(times)('%s is refused as input', async (time) => {
    const owner = await test.member('owner')
    const { token } = await startSession(rest.db, owner.actor.id)
    const headers = { cookie: `next-auth.session-token=${token}`, origin: 'http://localhost:3000' }
    const { run_id: run } = await test.ask()
    const agent = { authorization: `Bearer ${test.agent.token}` }
    const at = encodeURIComponent(time)
    const answers = await Promise.all([
      rest.call('GET', `/api/audit?since=${at}`, { headers }),
      rest.call('GET', `/api/audit?until=${at}`, { headers }),
      rest.call('POST', '/api/keys', { headers, body: { kind: 'personal', name: 'k', expires_at: time } }),
      rest.call('POST', `/api/runs/${run}/steps`, {
        headers: agent,
        body: { kind: 'note', name: 'n', started_at: time },
      }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 422, 422])
  })
})

describe('a plus sign that was meant as one', () => {
  it('is said so', async () => {
    const owner = await test.member('owner')
    const { token } = await startSession(rest.db, owner.actor.id)
    const headers = { cookie: `next-auth.session-token=${token}` }
    const read = (since: string) => rest.call('GET', `/api/audit?since=${since}`, { headers })
    const refused = await read('2026-01-01T00:00:00+02:00')
    expect([refused.status, refused.body.code]).toEqual([400, 'invalid_query'])
    expect(refused.body.detail).toContain('write + as %2B')
    expect((await read('yesterday')).body.detail).not.toContain('%2B')
    expect((await read('2026-01-01T00:00:00%2B02:00')).status).toBe(200)
  })
})
