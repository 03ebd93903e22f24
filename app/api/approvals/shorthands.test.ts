import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Answer, type Rest } from '@/lib/testing/rest'
import { countWaits } from '@/lib/wake/room'

let rest: Rest
let test: TestProject
let token: string
let owner: string

beforeAll(async () => {
  rest = await startRest()
  test = await makeTestProject(rest.db)
  token = test.agent.token
  owner = (await test.member('owner')).token
})
afterAll(() => rest.close())

const codeOf = (answer: Answer) => `${answer.status} ${String(answer.body.code)}`
const post = (path: string, body: object, who = token) => rest.call('POST', path, { token: who, body })

describe('?wait=', () => {
  const ask = { agent: 'tester', tool: 'gated', params: {} }
  const applied = ({ headers }: Answer) => headers.get('preference-applied')

  it('holds an ask and a reading as the header does', async () => {
    const { body } = await post('/api/approvals', { ...ask, tool_call_id: 'held' })
    const held = [
      post('/api/approvals?wait=20', { ...ask, tool_call_id: 'held' }),
      rest.call('GET', `/api/approvals/${String(body.id)}?wait=20`, { token }),
    ]
    await expect.poll(() => countWaits(rest.db)).toBe(2)
    await post(`/api/approvals/${String(body.id)}/decisions`, { decision: 'approve' }, owner)
    for (const answer of await Promise.all(held))
      expect([answer.status, answer.body.status, applied(answer)]).toEqual([200, 'approved', 'wait=20'])
  })

  it('is cut to what is allowed, wins over the header, and may be 0', async () => {
    const { id } = await test.ask()
    await post(`/api/approvals/${id}/decisions`, { decision: 'approve' }, owner)
    const read = (query: string) =>
      rest.call('GET', `/api/approvals/${id}?${query}`, { token, headers: { Prefer: 'wait=5' } })
    expect(applied(await read('wait=500'))).toBe('wait=55')
    expect(applied(await read('wait=0'))).toBeNull()
    expect(applied(await read(''))).toBe('wait=5')
  })

  it.each(['wait=soon', 'wait=-1', 'wait=', 'wait=1.5', 'wait=1&wait=2'])('refuses %s', async (query) => {
    const { id } = await test.ask()
    const refused = await rest.call('GET', `/api/approvals/${id}?${query}`, { token })
    expect([codeOf(refused), refused.body.errors]).toMatchObject([
      '400 invalid_query',
      [{ pointer: '/wait' }],
    ])
    const call = { ...ask, tool_call_id: `odd ${query}`.replaceAll(' ', '-') }
    expect(codeOf(await post(`/api/approvals?${query}`, call))).toBe('400 invalid_query')
    const asked = await rest.call(
      'GET',
      `/api/approvals?tool_call_id=${encodeURIComponent(call.tool_call_id)}`,
      { token },
    )
    expect(asked.body.items).toEqual([])
  })

  it('means nothing to a call that does not wait', async () => {
    expect(codeOf(await rest.call('GET', '/api/approvals?wait=5', { token }))).toBe('400 invalid_query')
  })
})

describe('POST /api/approvals/{id}/result', () => {
  const ofApproval = (id: string, body: object, who = token) => post(`/api/approvals/${id}/result`, body, who)
  const succeeded = { status: 'succeeded', output: { paid: true } }

  it('is the result of the tool call', async () => {
    const { id, run_id, tool_call_id, tool, params } = await test.ask()
    expect(codeOf(await ofApproval(id, succeeded))).toBe('409 not_claimed')
    await post(`/api/approvals/${id}/decisions`, { decision: 'approve' }, owner)
    await post(`/api/approvals/${id}/claim`, { tool, params })
    const told = await ofApproval(id, succeeded)
    expect(told.body).toMatchObject({ tool_call_id, ...succeeded })
    const path = `/api/runs/${run_id}/tool-calls/${tool_call_id}`
    expect((await rest.call('GET', path, { token })).body).toEqual(told.body)
    expect((await post(`${path}/result`, succeeded)).body).toEqual(told.body)
    expect((await ofApproval(id, succeeded)).status).toBe(200)
    expect(codeOf(await ofApproval(id, { status: 'failed' }))).toBe('409 result_recorded')
  })

  it('is taken leniently, as results are, and refuses strangers', async () => {
    const { id, tool, params } = await test.ask()
    await post(`/api/approvals/${id}/decisions`, { decision: 'approve' }, owner)
    await post(`/api/approvals/${id}/claim`, { tool, params })
    const other = await makeTestProject(rest.db)
    expect(codeOf(await ofApproval(id, succeeded, other.agent.token))).toBe('404 not_found')
    expect(codeOf(await ofApproval('apr_1', succeeded))).toBe('400 invalid_id')
    expect(codeOf(await ofApproval(id, succeeded, owner))).toBe('403 agent_key_required')
    expect(codeOf(await ofApproval(id, succeeded, (await test.key(['read'])).token))).toBe('403 forbidden')
    const text = `{"status":"succeeded","output":"${'x'.repeat(600_000)}"}`
    const kept = await rest.call('POST', `/api/approvals/${id}/result`, { token, body: text })
    expect([kept.status, kept.body.truncated]).toEqual([200, { bytes: 600_002 }])
  })
})
