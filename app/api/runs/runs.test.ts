import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Answer, type Rest } from '@/lib/testing/rest'

let rest: Rest
let test: TestProject
let agent: string

beforeAll(async () => {
  rest = await startRest()
  test = await makeTestProject(rest.db)
  agent = test.agent.token
})
afterAll(() => rest.close())

const call = (method: string, path: string, body?: unknown, token = agent) =>
  rest.call(method, path, { token, ...(body === undefined ? {} : { body }) })
const codeOf = (answer: Answer) => `${answer.status} ${answer.body.code as string}`

describe('POST /api/runs', () => {
  it.each<[string, unknown, string]>([
    ['no agent', {}, '422 invalid_input'],
    ['an external id that looks like ours', { agent: 'tester', external_id: 'run_1' }, '422 invalid_input'],
    ['an external id with a blank', { agent: 'tester', external_id: 'a b' }, '422 invalid_input'],
    [
      'an external id of 1,025 characters',
      { agent: 'tester', external_id: 'a'.repeat(1025) },
      '422 invalid_input',
    ],
    ['an input that is a list', { agent: 'tester', input: [] }, '422 invalid_input'],
    ['an initiator that is no e-mail', { agent: 'tester', initiator: 'me' }, '422 invalid_input'],
    ['a parent of nobody', { agent: 'tester', parent_run_id: 'run_x' }, '422 invalid_input'],
    ['an agent never deployed', { agent: 'ghost' }, '422 agent_not_deployed'],
    ['a status', { agent: 'tester', status: 'completed' }, '422 unknown_field'],
  ])('refuses %s', async (_name, body, expected) => {
    expect(codeOf(await call('POST', '/api/runs', body))).toBe(expected)
  })

  it('starts a run, and finds it again by its external id', async () => {
    const body = {
      agent: 'tester',
      external_id: 'order-1',
      input: { n: 1.5 },
      context: { role: 'admin' },
      initiator: 'initiator@example.com',
    }
    const first = await call('POST', '/api/runs', body)
    expect(first.status).toBe(201)
    expect(first.body).toEqual({
      id: expect.stringMatching(/^run_/),
      external_id: 'order-1',
      agent: 'tester',
      policy_version: 1,
      status: 'running',
      input: { n: 1.5 },
      context: { role: 'admin' },
      output: null,
      error: null,
      initiator: 'initiator@example.com',
      parent_run_id: null,
      started_at: expect.stringMatching(/Z$/),
      finished_at: null,
    })
    const again = await call('POST', '/api/runs', body)
    expect([again.status, again.body.id]).toEqual([200, first.body.id])
    expect((await call('GET', '/api/runs/order-1')).body.id).toBe(first.body.id)
    const child = await call('POST', '/api/runs', { agent: 'tester', parent_run_id: 'order-1' })
    expect(child.body.parent_run_id).toBe(first.body.id)
  })

  it('of 10 starts at once with one external id makes one run', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => call('POST', '/api/runs', { agent: 'tester', external_id: 'burst' })),
    )
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1)
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1)
  })
})

describe('a run', () => {
  it('shows its trace in time order', async () => {
    await call('POST', '/api/runs', { agent: 'tester', external_id: 'trace' })
    const step = await call('POST', '/api/runs/trace/steps', {
      kind: 'model',
      name: 'Plan',
      input: 'hi',
      output: { plan: ['a'] },
    })
    expect(step.status).toBe(201)
    expect(step.body).toMatchObject({
      kind: 'model',
      name: 'Plan',
      input: 'hi',
      output: { plan: ['a'] },
      ended_at: null,
    })
    await call('POST', '/api/approvals', {
      run_id: 'trace',
      tool: 'free',
      params: { a: 1 },
      tool_call_id: 't-1',
    })
    await call('POST', '/api/runs/trace/tool-calls/t-1/result', { status: 'failed', error: { code: 7 } })
    await call('POST', '/api/approvals', { run_id: 'trace', tool: 'gated', params: {}, tool_call_id: 't-2' })
    const { body } = await call('GET', '/api/runs/trace')
    expect(body).toMatchObject({
      status: 'awaiting_approval',
      steps: [
        { kind: 'model', name: 'Plan' },
        { kind: 'tool', tool_call_id: 't-1', status: 'failed', error: { code: 7 }, approval: null },
        { kind: 'tool', tool_call_id: 't-2', status: 'awaiting_approval', approval: { status: 'pending' } },
      ],
    })
    const found = await call('GET', '/api/runs/trace/tool-calls/t-2')
    expect(found.body).toMatchObject({ tool_call_id: 't-2', approval: { required: true } })
    expect(codeOf(await call('GET', '/api/runs/trace/tool-calls/t-9'))).toBe('404 not_found')
    expect(codeOf(await call('GET', '/api/runs/tr%20ace'))).toBe('400 invalid_id')
  })

  it('ends once, cancels what is pending, and takes nothing more', async () => {
    const { body: run } = await call('POST', '/api/runs', { agent: 'tester', external_id: 'ends' })
    const { body: held } = await call('POST', '/api/approvals', {
      run_id: 'ends',
      tool: 'gated',
      params: {},
      tool_call_id: 'g',
    })
    const ended = await call('PATCH', '/api/runs/ends', { status: 'failed', error: 'boom' })
    expect(ended.body).toMatchObject({
      id: run.id,
      status: 'failed',
      error: 'boom',
      finished_at: expect.any(String),
    })
    const approval = await call('GET', `/api/approvals/${held.id}`)
    expect(approval.body).toMatchObject({ status: 'cancelled', next: { action: 'stop' } })
    expect(codeOf(await call('PATCH', '/api/runs/ends', { status: 'completed' }))).toBe('409 run_finished')
    expect(codeOf(await call('POST', '/api/runs/ends/steps', { kind: 'note', name: 'n' }))).toBe(
      '409 run_finished',
    )
    const replay = await call('POST', '/api/approvals', {
      run_id: 'ends',
      tool: 'gated',
      params: {},
      tool_call_id: 'g',
    })
    expect([replay.status, replay.body.status]).toEqual([200, 'cancelled'])
  })

  it('keeps a checkpoint byte for byte while it goes on', async () => {
    await call('POST', '/api/runs', { agent: 'tester', external_id: 'saves' })
    const put = (body: Uint8Array, type = 'application/x-state') =>
      rest.call('PUT', '/api/runs/saves/checkpoint', {
        token: agent,
        body,
        headers: { 'Content-Type': type },
      })
    expect(codeOf(await call('GET', '/api/runs/saves/checkpoint'))).toBe('404 no_checkpoint')
    const bytes = new Uint8Array(1024 * 1024).map((_, i) => i % 251)
    expect((await put(bytes)).status).toBe(204)
    const response = await fetch(`${rest.url}/api/runs/saves/checkpoint`, {
      headers: { Authorization: `Bearer ${agent}` },
    })
    expect(response.headers.get('content-type')).toBe('application/x-state')
    expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true)
    expect(codeOf(await put(new Uint8Array(1024 * 1024 + 1)))).toBe('413 body_too_large')
    await call('PATCH', '/api/runs/saves', { status: 'completed' })
    expect(codeOf(await put(new Uint8Array(3)))).toBe('409 run_finished')
    expect(codeOf(await rest.call('GET', '/api/runs/nobody/checkpoint', { token: agent }))).toBe(
      '404 not_found',
    )
  })

  it('is for agent keys to change and for readers to read', async () => {
    const { token } = await test.member('owner')
    const reader = (await test.key(['read'])).token
    expect(codeOf(await call('POST', '/api/runs', { agent: 'tester' }, token))).toBe('403 agent_key_required')
    expect(codeOf(await call('POST', '/api/runs', { agent: 'tester' }, reader))).toBe('403 forbidden')
    expect((await call('GET', '/api/runs/trace', undefined, token)).status).toBe(200)
    expect((await call('GET', '/api/runs/trace', undefined, reader)).status).toBe(200)
    expect((await call('GET', '/api/runs/trace', undefined, (await test.key(['deploy'])).token)).status).toBe(
      403,
    )
  })
})

describe('GET /api/runs', () => {
  it('lists newest first, by status and agent', async () => {
    const { body } = await call('GET', '/api/runs?limit=100')
    const times = (body.items ?? []).map((run) => run.started_at as string)
    expect(times).toEqual([...times].sort().reverse())
    expect((await call('GET', '/api/runs?status=completed')).body.items).toHaveLength(1)
    expect((await call('GET', '/api/runs?agent=nobody')).body.items).toEqual([])
    expect(codeOf(await call('GET', '/api/runs?status=open'))).toBe('400 invalid_query')
  })
})
