import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'

let rest: Rest
let test: TestProject

beforeAll(async () => {
  rest = await startRest({ METRICS_TOKEN: 'metrics-token', RATE_LIMIT_PER_MINUTE: '3' })
  test = await makeTestProject(rest.db)
})
afterAll(() => rest.close())

describe('operation', () => {
  it('says that it lives and is ready, to everybody', async () => {
    expect((await rest.call('GET', '/api/health/live')).body).toEqual({ status: 'live' })
    expect((await rest.call('GET', '/api/health/ready')).body).toEqual({ status: 'ready' })
    expect((await rest.call('GET', '/api/openapi.json')).body).toMatchObject({ openapi: '3.1.0' })
  })

  it('shows metrics to who has the token', async () => {
    expect((await rest.call('GET', '/api/metrics')).status).toBe(401)
    await test.ask()
    const { text, headers } = await rest.call('GET', '/api/metrics', { token: 'metrics-token' })
    expect(headers.get('content-type')).toContain('text/plain')
    expect(text).toMatch(/^holdpoint_approvals_pending 1$/m)
  })

  it('counts requests a minute, asking apart from deciding, and says how many are left', async () => {
    const { token } = await test.member('reviewer')
    const agent = test.agent.token
    const ask = () =>
      rest.call('POST', '/api/approvals', {
        token: agent,
        body: { agent: 'tester', tool: 'free', params: {} },
      })
    const first = await ask()
    expect(first.headers.get('ratelimit')).toMatch(/^"ask";r=2;t=\d+$/)
    expect(first.headers.get('ratelimit-policy')).toBe('"ask";q=3;w=60')
    await ask()
    await ask()
    const refused = await ask()
    expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    const { id } = await test.ask()
    const decided = await rest.call('POST', `/api/approvals/${id}/decisions`, {
      token,
      body: { decision: 'approve' },
    })
    expect(decided.status).toBe(201)
    const claim = { tool: 'gated', params: { order_id: 'ORD-1', amount: 2400 } }
    expect(
      (await rest.call('POST', `/api/approvals/${id}/claim`, { token: agent, body: claim })).status,
    ).toBe(200)
  })
})
