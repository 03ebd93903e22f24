import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Answer, type Rest } from '@/lib/testing/rest'

let rest: Rest
let test: TestProject
let agent: string
let reviewer: string

beforeAll(async () => {
  rest = await startRest()
  test = await makeTestProject(rest.db)
  agent = test.agent.token
  reviewer = (await test.member('reviewer')).token
})
afterAll(() => rest.close())

const call = (method: string, path: string, body?: unknown, token = agent) =>
  rest.call(method, path, { token, ...(body === undefined ? {} : { body }) })
const codeOf = (answer: Answer) => `${answer.status} ${answer.body.code as string}`
const part = encodeURIComponent

/** Ids as providers and frameworks make them, and as an address could misread them. */
const ids = [
  'call_x__thought__CiQBjz1rX8+pQ/0vZk3YbA==',
  'call_9aXcD|fc_68e1f0c2',
  'wf/3',
  'functions.get_order:0',
  '/leading/and/trailing/',
  'a//b',
  '../up',
  '..%2Fup',
  '...',
  '.hidden',
  '%',
  '%2F',
  'a%41b',
  'a+b&c=d?e#f',
  String.raw`back\slash`,
  `'quotes"and{braces},[commas];`,
  '<b>$`^~!@*()</b>',
  'null',
  '__proto__',
  '~'.repeat(1024),
]

describe('ids that callers choose', () => {
  it.each(ids)('%.50s is found again in every address', async (id) => {
    const started = await call('POST', '/api/runs', { agent: 'tester', external_id: id })
    expect(started.status).toBe(201)
    const run = `/api/runs/${part(id)}`
    const asked = { run_id: id, tool: 'gated', params: { a: 1 }, tool_call_id: id }
    const held = await call('POST', '/api/approvals', asked)
    expect([held.status, held.body.tool_call_id]).toEqual([201, id])
    expect((await call('POST', '/api/approvals', asked)).body.id).toBe(held.body.id)
    expect((await call('GET', run)).body).toMatchObject({ id: started.body.id, external_id: id })
    for (const filter of [`run_id=${part(id)}`, `tool_call_id=${part(id)}`]) {
      const { body } = await call('GET', `/api/approvals?${filter}`)
      expect(body.items?.map((item) => item.id)).toEqual([held.body.id])
    }
    await call(
      'POST',
      `/api/approvals/${held.body.id as string}/decisions`,
      { decision: 'approve' },
      reviewer,
    )
    const claim = { tool: 'gated', params: { a: 1 } }
    expect((await call('POST', `/api/approvals/${held.body.id as string}/claim`, claim)).status).toBe(200)
    const at = `${run}/tool-calls/${part(id)}`
    expect((await call('POST', `${at}/result`, { status: 'succeeded', output: id })).status).toBe(200)
    expect((await call('GET', at)).body).toMatchObject({ tool_call_id: id, output: id })
    expect((await call('POST', `${run}/steps`, { kind: 'note', name: 'n' })).status).toBe(201)
    const saved = await rest.call('PUT', `${run}/checkpoint`, { token: agent, body: '"state"' })
    expect(saved.status).toBe(204)
    expect((await call('GET', `${run}/checkpoint`)).text).toBe('"state"')
    const child = await call('POST', '/api/runs', { agent: 'tester', parent_run_id: id })
    expect(child.body.parent_run_id).toBe(started.body.id)
    const ended = await call('PATCH', run, { status: 'completed' })
    expect([ended.status, ended.body.id]).toEqual([200, started.body.id])
  })

  it.each<[string, string]>([
    ['nothing', ''],
    ['one dot', '.'],
    ['two dots', '..'],
    ['a blank', 'a b'],
    ['a tab', 'a\tb'],
    ['a letter beyond ASCII', 'é'],
    ['1,025 characters', 'a'.repeat(1025)],
  ])('are no more than that: %s', async (_name, id) => {
    const gated = { tool: 'gated', params: {} }
    const bodies: [string, object][] = [
      ['/api/runs', { agent: 'tester', external_id: id }],
      ['/api/runs', { agent: 'tester', parent_run_id: id }],
      ['/api/approvals', { ...gated, run_id: id }],
      ['/api/approvals', { ...gated, agent: 'tester', tool_call_id: id }],
    ]
    for (const [path, body] of bodies) {
      const answer = await call('POST', path, body)
      expect(codeOf(answer)).toBe('422 invalid_input')
      expect(answer.body.detail).toContain('1 to 1,024 printable ASCII characters')
    }
    if (id === '' || /^\.+$/.test(id)) return
    expect(codeOf(await call('GET', `/api/runs/${part(id)}`))).toBe('400 invalid_id')
    expect(codeOf(await call('GET', `/api/runs/x/tool-calls/${part(id)}`))).toBe('400 invalid_id')
  })

  it('an external id may not look like one of ours', async () => {
    const answer = await call('POST', '/api/runs', { agent: 'tester', external_id: 'run_1/x' })
    expect(codeOf(answer)).toBe('422 invalid_input')
  })
})

describe('an id of a call without run_id, which providers use again', () => {
  let made = 0
  const newId = () => `reused/${++made}`
  const ask = (id: string, params: object = { a: 1 }, tool = 'gated') =>
    call('POST', '/api/approvals', { agent: 'tester', tool, params, tool_call_id: id })
  const makeOlder = (id: string, hours: number) =>
    rest.db.execute(sql`update tool_calls set started_at = started_at - make_interval(hours => ${hours}::int)
      where tool_call_id = ${id}`)

  it.each(['gated', 'free'])('finds the first try while its run goes on (%s)', async (tool) => {
    const id = newId()
    const first = await ask(id, { a: 1 }, tool)
    const again = await ask(id, { a: 1 }, tool)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect([again.body.run_id, again.body.id]).toEqual([first.body.run_id, first.body.id])
  })

  it.each(['gated', 'free'])('asks anew once that run has ended (%s)', async (tool) => {
    const id = newId()
    const first = await ask(id, { a: 1 }, tool)
    await call('PATCH', `/api/runs/${first.body.run_id as string}`, { status: 'completed' })
    const other = await ask(id, { a: 2 }, tool)
    expect(other.status).toBe(tool === 'gated' ? 201 : 200)
    expect(other.headers.get('idempotency-replayed')).toBeNull()
    expect(other.body.run_id).not.toBe(first.body.run_id)
    const again = await ask(id, { a: 2 }, tool)
    expect(again.body.run_id).toBe(other.body.run_id)
    // where the run is named, it is the same call as ever
    const named = { run_id: first.body.run_id, tool, params: { a: 1 }, tool_call_id: id }
    const replayed = await call('POST', '/api/approvals', named)
    expect([replayed.status, replayed.body.run_id]).toEqual([200, first.body.run_id])
  })

  it('asks anew after 24 hours, not before', async () => {
    const id = newId()
    const first = await ask(id, { a: 1 }, 'free')
    await makeOlder(id, 23)
    expect((await ask(id, { a: 1 }, 'free')).body.run_id).toBe(first.body.run_id)
    await makeOlder(id, 1)
    expect((await ask(id, { a: 1 }, 'free')).body.run_id).not.toBe(first.body.run_id)
  })

  it('finds what may still be decided or claimed, however old, and then asks anew', async () => {
    const id = newId()
    const first = await ask(id)
    await makeOlder(id, 24)
    expect((await ask(id)).body.id).toBe(first.body.id)
    const path = `/api/approvals/${first.body.id as string}`
    await rest.call('POST', `${path}/decisions`, { token: reviewer, body: { decision: 'approve' } })
    expect((await ask(id)).body).toMatchObject({ id: first.body.id, status: 'approved' })
    await call('POST', `${path}/claim`, { tool: 'gated', params: { a: 1 } })
    expect((await ask(id)).body).toMatchObject({ status: 'pending' })
  })

  it('finds for 24 hours the refusal that ended its run', async () => {
    const id = newId()
    const first = await ask(id)
    const path = `/api/approvals/${first.body.id as string}/decisions`
    await rest.call('POST', path, { token: reviewer, body: { decision: 'reject', reason: 'No.' } })
    const again = await ask(id)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(again.body).toMatchObject({ id: first.body.id, status: 'rejected', next: { action: 'stop' } })
    await makeOlder(id, 24)
    expect((await ask(id)).body).toMatchObject({ status: 'pending' })
  })

  it('says what to send where it finds another call', async () => {
    const id = newId()
    const first = await ask(id)
    const refused = await ask(id, { a: 2 })
    expect(codeOf(refused)).toBe('409 idempotency_mismatch')
    expect(refused.body.detail).toContain('send run_id')
    const inRun = { run_id: first.body.run_id, tool: 'gated', params: { a: 2 }, tool_call_id: id }
    const named = await call('POST', '/api/approvals', inRun)
    expect(codeOf(named)).toBe('409 idempotency_mismatch')
    expect(named.body.detail).not.toContain('run_id')
  })

  it('of twenty at once after the run has ended makes one', async () => {
    for (const tool of ['gated', 'free', 'gated', 'free', 'gated']) {
      const id = newId()
      const first = await ask(id, { a: 1 }, tool)
      await call('PATCH', `/api/runs/${first.body.run_id as string}`, { status: 'failed' })
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(id, { a: 1 }, tool)))
      expect(new Set(answers.map((answer) => answer.body.run_id)).size).toBe(1)
      expect(answers[0]?.body.run_id).not.toBe(first.body.run_id)
      const replays = answers.filter((answer) => answer.headers.get('idempotency-replayed') === 'true')
      expect(replays).toHaveLength(19)
    }
  })

  it('of asks that race with the end of the run, each gets the old call or the one new one', async () => {
    for (let round = 0; round < 10; round++) {
      const id = newId()
      const first = await ask(id)
      const [ended, ...answers] = await Promise.all([
        call('PATCH', `/api/runs/${first.body.run_id as string}`, { status: 'completed' }),
        ...Array.from({ length: 10 }, () => ask(id)),
      ])
      expect(ended.status).toBe(200)
      const found = new Set([first.body.id, ...answers.map((answer) => answer.body.id)])
      expect(answers.every((answer) => answer.status === 200 || answer.status === 201)).toBe(true)
      expect(found.size).toBeLessThanOrEqual(2)
      expect(answers.filter((answer) => answer.status === 201).length).toBe(found.size - 1)
    }
  })
})
