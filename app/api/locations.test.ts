import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'

let rest: Rest
let test: TestProject
let agent: string
let owner: string
let pending: string

beforeAll(async () => {
  rest = await startRest({ OUTBOUND_ALLOW: '127.0.0.0/8' })
  test = await makeTestProject(rest.db)
  agent = test.agent.token
  owner = (await test.member('owner')).token
  pending = (await test.ask()).id
  const run = { agent: 'tester', external_id: 'order/1?' }
  await rest.call('POST', '/api/runs', { token: agent, body: run })
})
afterAll(() => rest.close())

const ask = { agent: 'tester', tool: 'gated', params: {} }
const inRun = '/api/runs/order%2F1%3F'

it.each<[string, string, () => string, () => string, unknown, RegExp]>([
  [
    'an agent',
    'PUT',
    () => '/api/agents/made',
    () => agent,
    'approval: {tools: [a]}',
    /^\/api\/agents\/made$/,
  ],
  ['a run', 'POST', () => '/api/runs', () => agent, { agent: 'tester' }, /^\/api\/runs\/run_\w+$/],
  [
    'a step',
    'POST',
    () => `${inRun}/steps`,
    () => agent,
    { kind: 'note', name: 'n', input: { n: 1 } },
    /^\/api\/runs\/order%2F1%3F\/steps\/stp_\w+$/,
  ],
  ['an approval', 'POST', () => '/api/approvals?', () => agent, ask, /^\/api\/approvals\/apr_\w+$/],
  [
    'a decision',
    'POST',
    () => `/api/approvals/${pending}/decisions`,
    () => owner,
    { decision: 'approve' },
    /^\/api\/approvals\/apr_\w+$/,
  ],
  [
    'an invitation',
    'POST',
    () => '/api/members',
    () => owner,
    { email: 'new@example.com', role: 'viewer' },
    /^\/api\/members\/usr_\w+$/,
  ],
  ['a key', 'POST', () => '/api/keys', () => owner, { name: 'k' }, /^\/api\/keys\/key_\w+$/],
  [
    'a personal token',
    'POST',
    () => '/api/keys',
    () => owner,
    { name: 't', kind: 'personal' },
    /^\/api\/keys\/key_\w+$/,
  ],
  [
    'a webhook',
    'POST',
    () => '/api/webhooks',
    () => owner,
    { format: 'slack', url: 'http://127.0.0.1:1/' },
    /^\/api\/webhooks\/whk_\w+$/,
  ],
])('Location of %s leads to it', async (_name, method, path, token, body, pattern) => {
  const headers = { 'Content-Type': method === 'PUT' ? 'application/yaml' : 'application/json' }
  const made = await rest.call(method, path(), { token: token(), body, headers })
  expect(made.status).toBe(201)
  const location = made.headers.get('location') ?? ''
  expect(location).toMatch(pattern)
  const read = await rest.call('GET', location, { token: token() })
  expect(read.status).toBe(200)
  // a run is read with its steps, a secret is shown once, and whether its reader may decide is told by reading
  const { steps: _, next_cursor: __, can_decide: ___, ...members } = read.body
  expect(made.body).toMatchObject(members)
})

it('is missing where nothing was made', async () => {
  const again = { ...ask, tool_call_id: 'again' }
  await rest.call('POST', '/api/approvals', { token: agent, body: again })
  const replayed = await rest.call('POST', '/api/approvals', { token: agent, body: again })
  expect([replayed.status, replayed.headers.get('location')]).toEqual([200, null])
})

it('what is not there, another project’s or somebody else’s is not found', async () => {
  const other = await makeTestProject(rest.db)
  const stranger = (await other.member('owner')).token
  const reviewer = await test.member('reviewer')
  const code = async (path: string, token: string) => {
    const { status, body } = await rest.call('GET', path, { token })
    return `${status} ${String(body.code)}`
  }
  const made = async (path: string, token: string, body: object) =>
    String((await rest.call('POST', path, { token, body })).body.id)
  const step = await made(`${inRun}/steps`, agent, { kind: 'note', name: 'n' })
  expect(await code(`${inRun}/steps/${step}`, stranger)).toBe('404 not_found')
  const elsewhere = await made('/api/runs', agent, { agent: 'tester' })
  expect(await code(`/api/runs/${elsewhere}/steps/${step}`, agent)).toBe('404 not_found')
  expect(await code(`${inRun}/steps/nonsense`, agent)).toBe('400 invalid_id')
  const key = await made('/api/keys', owner, { name: 'k' })
  const token = await made('/api/keys', owner, { name: 't', kind: 'personal' })
  for (const id of [key, token]) {
    for (const who of [stranger, reviewer.token])
      expect(await code(`/api/keys/${id}`, who)).toBe('404 not_found')
    expect(await code(`/api/keys/${id}`, agent)).toBe('403 forbidden')
  }
  expect(await code(`/api/members/${reviewer.actor.id}`, stranger)).toBe('404 not_found')
  expect(await code(`/api/members/${reviewer.actor.id}`, agent)).toBe('403 forbidden')
})
