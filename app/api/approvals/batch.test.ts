import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'

let rest: Rest
let test: TestProject
let agent: string

beforeAll(async () => {
  rest = await startRest()
  test = await makeTestProject(rest.db)
  agent = test.agent.token
})
afterAll(() => rest.close())

const post = (path: string, body: unknown, token = agent) => rest.call('POST', `/api${path}`, { token, body })
const newRun = async () => (await post('/runs', { agent: 'tester' })).body.id as string
const call = (id: string, tool = 'gated') => ({ tool, params: { n: 1 }, tool_call_id: id })

describe('POST /api/approvals/batch', () => {
  it('answers each as an ask by itself is answered, refusals too', async () => {
    const run_id = await newRun()
    const calls = [call('a'), call('b', 'free'), call('c', 'no tool'), { ...call('d'), description: 'Why' }]
    const { status, body } = await post('/approvals/batch', { run_id, turn_id: 'turn-1', calls })
    expect([status, Object.keys(body)]).toEqual([200, ['results']])
    expect(body.results).toMatchObject([
      {
        status: 201,
        answer: { required: true, turn_id: 'turn-1', replayed: false, next: { action: 'wait' } },
      },
      { status: 200, answer: { required: false, tool_call_id: 'b', next: { action: 'execute' } } },
      { status: 400, problem: { code: 'invalid_tool_name', errors: [{ pointer: '/tool' }] } },
      { status: 201, answer: { description: 'Why', call: { status: 'awaiting_approval' } } },
    ])
    const alone = await post('/approvals', { run_id, ...call('a') })
    const again = await post('/approvals/batch', { run_id, calls: [call('a'), call('a2')] })
    expect((again.body.results as { answer: unknown }[])[0]).toEqual({ status: 200, answer: alone.body })
    const list = await rest.call('GET', `/api/approvals?run_id=${run_id}`, { token: agent })
    expect(list.body.items?.map((item) => [item.tool_call_id, item.turn_id])).toEqual([
      ['a2', null],
      ['d', 'turn-1'],
      ['a', 'turn-1'],
    ])
  })

  it('keeps numbers as they are', async () => {
    const run_id = await newRun()
    const text = `{"run_id":"${run_id}","calls":[{"tool":"gated","tool_call_id":"n","params":{"n":9007199254740993,"d":0.1}}]}`
    const answer = await post('/approvals/batch', text)
    expect(answer.text).toContain('{"n":9007199254740993,"d":0.1}')
    const alone = `{"run_id":"${run_id}","tool":"gated","tool_call_id":"n","params":{"d":0.1,"n":9007199254740993}}`
    expect((await post('/approvals', alone)).body.replayed).toBe(true)
  })

  it.each<[string, object, string]>([
    ['no calls', { calls: [] }, '/calls'],
    ['51 calls', { calls: Array.from({ length: 51 }, (_, at) => call(`c-${at}`)) }, '/calls'],
    ['an id twice', { calls: [call('a'), call('b'), call('a')] }, '/calls/2/tool_call_id'],
    ['a call without an id', { calls: [{ tool: 'gated', params: {} }] }, '/calls/0/tool_call_id'],
    ['params that are a list', { calls: [{ ...call('a'), params: [] }] }, '/calls/0/params'],
    ['a turn with a blank', { turn_id: 'a b', calls: [call('a')] }, '/turn_id'],
  ])('refuses %s, and asks for nothing', async (_name, part, pointer) => {
    const run_id = await newRun()
    const { status, body } = await post('/approvals/batch', { run_id, ...part })
    expect([status, body.code, body.errors]).toMatchObject([422, 'invalid_input', [{ pointer }]])
    const trace = await rest.call('GET', `/api/runs/${run_id}`, { token: agent })
    expect(trace.body.steps).toEqual([])
  })

  it('refuses fields that mean nothing, no run, and who may not ask', async () => {
    const run_id = await newRun()
    const codeOf = async (body: object, token?: string) =>
      (await post('/approvals/batch', body, token)).body.code
    expect(await codeOf({ run_id, calls: [{ ...call('a'), approved: true }] })).toBe('unknown_field')
    expect(await codeOf({ calls: [call('a')] })).toBe('invalid_input')
    expect(await codeOf({ run_id: 'nobody', calls: [call('a')] })).toBe('not_found')
    const { token: owner } = await test.member('owner')
    expect(await codeOf({ run_id, calls: [call('a')] }, owner)).toBe('agent_key_required')
    expect(await codeOf({ run_id, calls: [call('a')] }, (await test.key(['read'])).token)).toBe('forbidden')
  })
})
