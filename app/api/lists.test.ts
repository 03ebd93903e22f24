import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sealWritten } from '@/lib/audit/seal'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Answer, type Rest } from '@/lib/testing/rest'

let rest: Rest
let test: TestProject
let admin: string

beforeAll(async () => {
  rest = await startRest()
  test = await makeTestProject(rest.db)
  admin = (await test.member('admin')).token
  const { id } = await test.ask()
  for (let at = 0; at < 4; at++) await test.ask()
  const body = { decision: 'reject', reason: 'no' }
  await rest.call('POST', `/api/approvals/${id}/decisions`, { token: admin, body })
  await rest.call('POST', '/api/runs', { token: test.agent.token, body: { agent: 'tester' } })
  // an entry that is sealed between two reads is another
  await sealWritten(rest.db, test.project.id)
})
afterAll(() => rest.close())

const get = (path: string) => rest.call('GET', path, { token: admin })
const valuesOf = (answer: Answer, name: string) =>
  [...new Set(answer.body.items?.map((item) => item[name]))].sort()

describe('a filter by words of a closed set', () => {
  it.each([
    ['approvals', 'status', ['pending', 'rejected']],
    ['runs', 'status', ['awaiting_approval', 'failed']],
    ['audit', 'action', ['agent.deployed', 'approval.rejected']],
  ])('of %s takes several, with commas or each for itself', async (list, name, words) => {
    const commas = await get(`/api/${list}?${name}=${words.join()}`)
    expect(valuesOf(commas, name)).toEqual(words)
    const repeated = await get(`/api/${list}?${words.map((word) => `${name}=${word}`).join('&')}`)
    expect(repeated.body.items).toEqual(commas.body.items)
    const [one = ''] = words
    expect(valuesOf(await get(`/api/${list}?${name}=${one}`), name)).toEqual([one])
    const times = commas.body.items?.map(
      (item) => (item.requested_at ?? item.started_at ?? item.at) as string,
    )
    if (list !== 'approvals') expect(times).toEqual(times?.toSorted().reverse())
    for (const wrong of [`${name}=${one},nonsense`, `${name}=${one}&${name}=`, `${name}=`]) {
      const refused = await get(`/api/${list}?${wrong}`)
      expect([refused.status, refused.body.code]).toEqual([400, 'invalid_query'])
      expect(refused.body.detail).toContain(`Query ${name}`)
    }
  })

  it('goes on over pages as it began', async () => {
    const all = await get('/api/audit?action=agent.deployed,key.created,approval.rejected&limit=100')
    const seen: unknown[] = []
    let path = '/api/audit?action=agent.deployed&action=key.created,approval.rejected&limit=2'
    for (let pages = 0; path && pages < 50; pages++) {
      const page = await get(path)
      seen.push(...(page.body.items ?? []))
      path = /^<(.+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1] ?? ''
    }
    expect(seen).toEqual(all.body.items)
  })

  it('of runs finds by text, tool and time', async () => {
    const own = await makeTestProject(rest.db)
    const { token } = own.agent
    const told = { agent: 'tester', external_id: 'wf-77', input: { message: 'My LAMP is broken' } }
    await own.ask()
    const { body } = await rest.call('POST', '/api/runs', { token, body: told })
    await own.ask({ run_id: String(body.id), tool: 'soft' })
    const startedAt = encodeURIComponent(String(body.started_at))
    const found = async (query: string) =>
      valuesOf(await rest.call('GET', `/api/runs?fields=id&${query}`, { token }), 'id')
    const same = ['q=lamp', 'q=WF-7', `q=${String(body.id)}`, 'tool=soft', 'tool=so*', `since=${startedAt}`]
    expect(await Promise.all(same.map(found))).toEqual(same.map(() => [body.id]))
    const others = ['q=lamp&tool=other', 'q=%25', `q=lamp&until=${startedAt}`, 'q=lamp&status=failed']
    expect(await Promise.all(others.map(found))).toEqual(others.map(() => []))
    const listed = await rest.call('GET', '/api/runs?q=lamp&fields=brief', { token })
    expect(listed.body.items).toEqual([
      { id: body.id, brief: { input: '{"message":"My LAMP is broken"}', output: null } },
    ])
  })

  it('elsewhere a name given twice is a mistake', async () => {
    expect((await get('/api/runs?agent=a&agent=b')).body.code).toBe('invalid_query')
  })
})

describe('Link', () => {
  it('leads through a list with what was asked for, and is missing at its end', async () => {
    const ids: unknown[] = []
    let path = '/api/approvals?limit=2&status=pending%2Crejected&fields=status'
    for (let pages = 0; path && pages < 9; pages++) {
      const page = await get(path)
      expect(Object.keys(page.body.items?.[0] ?? {})).toEqual(['id', 'status'])
      ids.push(...(page.body.items ?? []).map(({ id }) => id))
      path = /^<(.+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1] ?? ''
      expect(path === '').toBe(page.body.next_cursor === null)
    }
    expect(new Set(ids).size).toBe(5)
  })
})
