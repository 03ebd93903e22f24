import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'

let rest: Rest
let test: TestProject
let owner: string

beforeAll(async () => {
  rest = await startRest()
  test = await makeTestProject(rest.db)
  owner = (await test.member('owner')).token
})
afterAll(() => rest.close())

const call = (method: string, path: string, body: unknown, token = test.agent.token) =>
  rest.call(method, path, { token, body })

it('an optional field that is null is absent, in every call of an agent’s way', async () => {
  const run = await call('POST', '/api/runs', {
    agent: 'tester',
    external_id: null,
    input: null,
    context: null,
    initiator: null,
    parent_run_id: null,
  })
  expect(run.status).toBe(201)
  expect(run.body).toMatchObject({ external_id: null, input: null, context: null })
  const ask = { run_id: run.body.id, tool: 'gated', params: { a: null }, context: null, description: null }
  const held = await call('POST', '/api/approvals', { ...ask, agent: null, tool_call_id: null })
  expect(held.status).toBe(201)
  expect(held.body.params).toEqual({ a: null })
  const at = `/api/approvals/${held.body.id as string}`
  const decision = { decision: 'approve', reason: null, digest: null }
  expect((await call('POST', `${at}/decisions`, decision, owner)).status).toBe(201)
  const claim = { tool: 'gated', params: { a: null } }
  expect((await call('POST', `${at}/claim`, claim)).status).toBe(200)
  const result = `/api/runs/${run.body.id as string}/tool-calls/${held.body.tool_call_id as string}/result`
  const told = { status: 'succeeded', output: null, error: null }
  expect((await call('POST', result, told)).body).toMatchObject({ output: null, error: null })
  expect((await call('POST', result, { status: 'succeeded' })).status).toBe(200)
  const step = { kind: 'note', name: 'n', input: null, output: null, started_at: null, ended_at: null }
  const stepped = await call('POST', `/api/runs/${run.body.id as string}/steps`, step)
  expect([stepped.status, stepped.body.ended_at]).toEqual([201, null])
  const many = { items: [{ id: held.body.id, ...decision, decision: 'reject' }] }
  expect((await call('POST', '/api/approvals/decisions', many, owner)).body.results).toMatchObject([
    { status: 409 },
  ])
  const check = { tool: 'refund', params: { amount: 2 }, context: null, config: null }
  expect((await call('POST', '/api/agents/tester/check', check)).body.required).toBe(false)
})

it('in what admins send too, while null keeps its meaning where it has one', async () => {
  const key = await call(
    'POST',
    '/api/keys',
    { kind: null, name: 'k', scopes: null, expires_at: null },
    owner,
  )
  expect(key.status).toBe(201)
  const hook = { format: 'slack', url: 'https://example.com/x', name: null, events: null, enabled: null }
  const made = await call('POST', '/api/webhooks', hook, owner)
  expect([made.status, made.body.enabled]).toEqual([201, true])
  const patch = { name: null, url: null, events: null, enabled: false, format: null }
  const patched = await call('PATCH', `/api/webhooks/${made.body.id as string}`, patch, owner)
  expect(patched.body).toMatchObject({ url: hook.url, enabled: false })
  const invited = { email: 'n@example.com', role: 'viewer', name: null }
  expect((await call('POST', '/api/members', invited, owner)).status).toBe(201)
  expect((await call('PATCH', '/api/project', { retention_days: 30 }, owner)).body.retention_days).toBe(30)
  const kept = await call('PATCH', '/api/project', { name: null, allow_own_request: null }, owner)
  expect(kept.body).toMatchObject({ retention_days: 30, allow_own_request: false })
  expect((await call('PATCH', '/api/project', { retention_days: null }, owner)).body.retention_days).toBe(
    null,
  )
})

it.each<[string, string, object, string]>([
  ['a required one', '/api/runs', { agent: null }, '/agent'],
  ['params', '/api/approvals', { agent: 'tester', tool: 'gated', params: null }, '/params'],
  [
    'both of two of which one is needed',
    '/api/approvals',
    { agent: null, run_id: null, tool: 'gated', params: {} },
    '/agent',
  ],
])('a field that is needed and null is named: %s', async (_name, path, body, pointer) => {
  const answer = await call('POST', path, body)
  expect(answer.status).toBe(422)
  expect(answer.body.errors).toMatchObject([{ pointer }])
})
