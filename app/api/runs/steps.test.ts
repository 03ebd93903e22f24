import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Answer, type Rest } from '@/lib/testing/rest'

let rest: Rest
let test: TestProject
let agent: string
let run: string

beforeAll(async () => {
  rest = await startRest()
  test = await makeTestProject(rest.db)
  agent = test.agent.token
})
beforeEach(async () => {
  const { body } = await rest.call('POST', '/api/runs', { token: agent, body: { agent: 'tester' } })
  run = String(body.id)
})
afterAll(() => rest.close())

const record = (body: object, of = run) =>
  rest.call('POST', `/api/runs/${of}/steps`, { token: agent, body: { kind: 'model', name: 'Plan', ...body } })
const replayed = ({ status, headers }: Answer) => [status, headers.get('idempotency-replayed')]
const codeOf = (answer: Answer) => `${answer.status} ${answer.body.code as string}`
const stepsOf = async () =>
  (await rest.call('GET', `/api/runs/${run}`, { token: agent })).body.steps as Record<string, unknown>[]

describe('a step with step_id', () => {
  it('is recorded once, however often it is told, whatever its times are then', async () => {
    const step = { step_id: 's-1', input: { a: 1, b: [2] }, output: 'done' }
    const first = await record({ ...step, started_at: '2026-01-01T00:00:00Z' })
    expect(replayed(first)).toEqual([201, null])
    expect(first.body.step_id).toBe('s-1')
    const again = await record({ ...step, input: { b: [2], a: 1.0 }, ended_at: '2026-01-02T00:00:00Z' })
    expect(replayed(again)).toEqual([200, 'true'])
    expect(again.body).toEqual(first.body)
    expect(await stepsOf()).toEqual([first.body])
  })

  it.each([
    ['kind', { kind: 'note' }],
    ['name', { name: 'Other' }],
    ['input', { input: 2 }],
    ['output', { output: null }],
  ])('with another %s is refused, and the first one stays', async (_name, change) => {
    const step = { step_id: 's', input: 1, output: 'x' }
    const { body } = await record(step)
    expect(codeOf(await record({ ...step, ...change }))).toBe('409 idempotency_mismatch')
    expect(await stepsOf()).toEqual([body])
  })

  it('that differs only beyond what is kept is another', async () => {
    const output = 'x'.repeat(300_000)
    const { body } = await record({ step_id: 's', output: `${output}a` })
    expect((await record({ step_id: 's', output: `${output}a` })).body).toEqual(body)
    expect(codeOf(await record({ step_id: 's', output: `${output}b` }))).toBe('409 idempotency_mismatch')
  })

  it('is found again in a run that has ended, where nothing new is taken', async () => {
    const { body } = await record({ step_id: 's' })
    await rest.call('PATCH', `/api/runs/${run}`, { token: agent, body: { status: 'completed' } })
    const again = await record({ step_id: 's' })
    expect(replayed(again)).toEqual([200, 'true'])
    expect(again.body).toEqual(body)
    expect(codeOf(await record({ step_id: 'new' }))).toBe('409 run_finished')
  })

  it('told twenty times at once is one step', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => record({ step_id: 's' })))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter((answer) => replayed(answer)[1] === 'true')).toHaveLength(19)
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect(await stepsOf()).toHaveLength(1)
  })

  it('is one of its run: another run has its own, and without an id each is new', async () => {
    const { body } = await record({ step_id: 's' })
    const other = await rest.call('POST', '/api/runs', { token: agent, body: { agent: 'tester' } })
    expect((await record({ step_id: 's' }, String(other.body.id))).status).toBe(201)
    expect([(await record({})).status, (await record({})).body.step_id]).toEqual([201, null])
    expect((await stepsOf()).map(({ id }) => id)).toContain(body.id)
    expect(await stepsOf()).toHaveLength(3)
  })

  it.each(['', 'a b', '..', 'x'.repeat(1025)])('takes no id like %j', async (id) => {
    expect((await record({ step_id: id })).body.errors).toMatchObject([{ pointer: '/step_id' }])
  })
})
