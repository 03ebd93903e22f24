import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'

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

const post = (path: string, body: Record<string, unknown>, headers: Record<string, string> = {}) =>
  rest.call('POST', `/api${path}`, { token: agent, body, headers })
let calls = 0
/** An ask that may be sent again, as it stands. */
async function newAsk(tool: string) {
  const run = await post('/runs', { agent: 'tester' })
  return { run_id: run.body.id as string, tool, params: { n: 1 }, tool_call_id: `call-${calls++}` }
}
const ask = async (body: Record<string, unknown>, headers?: Record<string, string>) =>
  (await post('/approvals', body, headers)).body
const decide = (id: unknown, decision: 'approve' | 'reject') =>
  rest.call('POST', `/api/approvals/${id as string}/decisions`, { token: reviewer, body: { decision } })
const claim = (id: unknown, { tool, params }: { tool: string; params: object }) =>
  post(`/approvals/${id as string}/claim`, { tool, params })
const tell = (asked: { run_id: string; tool_call_id: string }, result: Record<string, unknown>) =>
  post(`/runs/${asked.run_id}/tool-calls/${asked.tool_call_id}/result`, result)

describe('every ask tells whether it was asked before, where its call is and what to do', () => {
  it('of a call that no rule holds', async () => {
    const asked = await newAsk('free')
    const running = { status: 'running', output: null, error: null }
    expect(await ask(asked)).toMatchObject({ replayed: false, next: { action: 'execute' }, call: running })
    const again = await ask(asked)
    expect(again).toMatchObject({ replayed: true, next: { action: 'execute' }, call: running })
    expect((again.next as { message: string }).message).toContain('asked for before')
    await tell(asked, { status: 'failed', output: { a: [9] }, error: 'broke' })
    expect(await ask(asked)).toMatchObject({
      replayed: true,
      next: { action: 'done', message: 'free ran and its result is recorded (failed).' },
      call: { status: 'failed', output: { a: [9] }, error: 'broke' },
    })
  })

  it('of one whose run has ended: it is not to be run any more', async () => {
    const asked = await newAsk('free')
    await ask(asked)
    await rest.call('PATCH', `/api/runs/${asked.run_id}`, { token: agent, body: { status: 'completed' } })
    expect(await ask(asked)).toMatchObject({ required: false, replayed: true, next: { action: 'done' } })
  })

  it('of a call that is held, in each of its states', async () => {
    const asked = await newAsk('soft')
    const first = await ask(asked)
    expect(first).toMatchObject({ replayed: false, call: { status: 'awaiting_approval', output: null } })
    const states = [await ask(asked)]
    await decide(first.id, 'approve')
    states.push(await ask(asked))
    await claim(first.id, asked)
    states.push(await ask(asked))
    await tell(asked, { status: 'succeeded', output: 'told' })
    states.push(await ask(asked))
    expect(states.map(({ replayed, next, call }) => [replayed, next, call])).toMatchObject([
      [true, { action: 'wait' }, { status: 'awaiting_approval' }],
      [true, { action: 'execute' }, { status: 'approved' }],
      [true, { action: 'done' }, { status: 'running', output: null, error: null }],
      [true, { action: 'done' }, { status: 'succeeded', output: 'told', error: null }],
    ])
    const rejected = await newAsk('soft')
    await decide((await ask(rejected)).id, 'reject')
    expect(await ask(rejected)).toMatchObject({ next: { action: 'continue' }, call: { status: 'rejected' } })
  })

  it('also where it was held until the decision', async () => {
    const asked = await newAsk('soft')
    const { id } = await ask(asked)
    const waiting = [ask(asked, { Prefer: 'wait=20' }), ask(asked, { Prefer: 'wait=20' })]
    await decide(id, 'approve')
    for (const answer of await Promise.all(waiting))
      expect(answer).toMatchObject({
        replayed: true,
        next: { action: 'execute' },
        call: { status: 'approved' },
      })
  })

  it('and says where a result is kept cut', async () => {
    const asked = await newAsk('free')
    await ask(asked)
    await tell(asked, { status: 'succeeded', output: 'x'.repeat(300_000) })
    expect((await ask(asked)).call).toMatchObject({ status: 'succeeded', truncated: { bytes: 300_002 } })
  })

  it('only in its own answer: an approval that is read has none of it', async () => {
    const { id } = await ask(await newAsk('soft'))
    const read = await rest.call('GET', `/api/approvals/${id as string}`, { token: agent })
    expect(read.body).not.toHaveProperty('replayed')
    expect(read.body).not.toHaveProperty('call')
  })
})

describe('what the agent says of a call beside its params', () => {
  const metadata = { framework: 'langgraph', thread: 'th_1' }
  const context = '{"thread":7,"n":12345678901234567890}'
  const askWith = async (tool: string) => {
    const { params, ...asked } = await newAsk(tool)
    const body = JSON.stringify({ ...asked, params, metadata })
    const answer = await rest.call('POST', '/api/approvals', {
      token: agent,
      body: `${body.slice(0, -1)},"context":${context}}`,
    })
    return { ...asked, answer }
  }
  const get = (path: string) => rest.call('GET', `/api${path}`, { token: agent })

  it('is answered with the approval, in the list and in the trace', async () => {
    const { run_id: run, answer } = await askWith('gated')
    const id = answer.body.id as string
    const answers = [
      answer,
      await get(`/approvals/${id}`),
      await get(`/approvals?run_id=${run}`),
      await get(`/runs/${run}`),
      await get(`/approvals?run_id=${run}&fields=context`),
    ]
    for (const one of answers) expect(one.text).toContain(`"context":${context}`)
    for (const one of answers.slice(0, 2)) expect(one.body.metadata).toEqual(metadata)
    const trace = (await get(`/runs/${run}`)).body.steps as Record<string, unknown>[]
    expect(trace).toMatchObject([{ metadata, approval: { metadata } }])
    const decided = await decide(id, 'approve')
    expect(decided.text).toContain(`"context":${context}`)
    const brief = await get(`/approvals?run_id=${run}&fields=metadata`)
    expect(brief.body.items).toEqual([{ id, metadata }])
    expect((await get(`/runs/${run}?fields=steps,approval`)).text).not.toContain('"context"')
  })

  it('is kept of a call that no rule holds, and is null where nothing was said', async () => {
    const { run_id: run } = await askWith('free')
    expect((await get(`/runs/${run}`)).body.steps).toMatchObject([{ metadata, approval: null }])
    const silent = await ask(await newAsk('gated'))
    expect([silent.context, silent.metadata]).toEqual([null, null])
  })

  it.each<[string, unknown, string]>([
    ['a list', ['a'], '/metadata'],
    ['a value that is no text', { a: 1 }, '/metadata/a'],
    ['a value that is null', { a: null }, '/metadata/a'],
    ['an empty name', { '': 'a' }, '/metadata/'],
    ['a long name', { ['x'.repeat(65)]: 'a' }, `/metadata/${'x'.repeat(65)}`],
    ['more than 4 kB', { a: 'é'.repeat(2045) }, '/metadata'],
  ])('refuses metadata that is %s', async (_name, wrong, pointer) => {
    const { status, body } = await post('/approvals', { ...(await newAsk('gated')), metadata: wrong })
    expect([status, body.code, body.errors]).toMatchObject([422, 'invalid_input', [{ pointer }]])
  })

  it('takes metadata of 4 kB, and none of a run’s own context for the call’s', async () => {
    const long = { a: 'é'.repeat(2044) }
    expect((await ask({ ...(await newAsk('gated')), metadata: long })).metadata).toEqual(long)
    const run = await post('/runs', { agent: 'tester', context: { tier: 'gold' } })
    const held = await ask({ run_id: run.body.id, tool: 'gated', params: {} })
    expect(held.context).toBeNull()
  })
})

describe('Idempotency-Key', () => {
  const askBy = (key: string, body: Record<string, unknown>) =>
    post('/approvals', body, { 'Idempotency-Key': key })
  const newBody = async () => {
    const { tool_call_id: id, ...body } = await newAsk('gated')
    return { id, body }
  }

  it('is the tool_call_id where the body has none, or the same', async () => {
    const { id, body } = await newBody()
    const asked = [
      await askBy(id, body),
      await askBy(`"${id}"`, body),
      await askBy(id, { ...body, tool_call_id: id }),
      await post('/approvals', { ...body, tool_call_id: id }),
      await askBy(id, { ...body, tool_call_id: null }),
    ]
    expect(asked.map(({ status }) => status)).toEqual([201, 200, 200, 200, 200])
    expect(new Set(asked.map((answer) => answer.body.id)).size).toBe(1)
    expect(asked[0]?.body.tool_call_id).toBe(id)
    const other = await askBy(id, { ...body, params: { n: 2 } })
    expect([other.status, other.body.code]).toEqual([409, 'idempotency_mismatch'])
  })

  it('is read with its escapes where it stands in quotes', async () => {
    const { body } = await newBody()
    expect((await askBy(String.raw`"a\"b\\c"`, body)).body.tool_call_id).toBe(String.raw`a"b\c`)
    const odd = String.raw`"a\b"`
    expect((await askBy(odd, (await newBody()).body)).body.tool_call_id).toBe(odd)
  })

  it('that is another than the body’s is refused, naming both, and nothing is asked', async () => {
    const { id, body } = await newBody()
    const { status, body: problem } = await askBy('another', { ...body, tool_call_id: id })
    expect([status, problem.code, problem.errors]).toMatchObject([
      400,
      'invalid_id',
      [{ pointer: '/tool_call_id' }],
    ])
    for (const word of ['Idempotency-Key', 'another', 'tool_call_id', id])
      expect(problem.detail).toContain(word)
    const trace = await rest.call('GET', `/api/runs/${body.run_id}`, { token: agent })
    expect(trace.body.steps).toEqual([])
  })

  it.each([[''], ['a b'], ['..'], ['x'.repeat(1025)], ['"a b"'], ['one, two']])(
    'that is no id is refused: %j',
    async (key) => {
      const { body } = await newBody()
      const { status, body: problem } = await askBy(key, body)
      expect([status, problem.code]).toEqual([400, 'invalid_id'])
    },
  )
})
