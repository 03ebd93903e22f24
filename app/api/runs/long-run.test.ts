import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { mostListBytes } from '@/db/queries/bounded'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'

let rest: Rest
let test: TestProject
let run: string
let last: string

const stepCount = 2000

beforeAll(async () => {
  rest = await startRest()
  test = await makeTestProject(rest.db)
  const { run_id, id } = await test.ask({ params: { text: 'first' } })
  run = run_id
  last = id
  await rest.db.execute(sql`
    insert into steps (id, project_id, run_id, kind, name, output, started_at)
    select 'stp_' || lpad(n::text, 26, '0'), ${test.project.id}, ${run}, 'note', 'step ' || n,
      '"' || repeat('x', 10000) || '"', r.started_at - interval '1 hour' + (n / 3) * interval '1 millisecond'
    from generate_series(1, ${stepCount}) n, runs r where r.id = ${run}`)
}, 60_000)
afterAll(() => rest.close())

const read = (query = '') => rest.call('GET', `/api/runs/${run}${query}`, { token: test.agent.token })

type Step = {
  id: string
  kind: string
  name?: string
  output?: unknown
  approval?: { id: string; params?: object }
}

it('gives a long trace a page at a time, each step once and in order', async () => {
  const steps: Step[] = []
  let pages = 0
  for (let cursor = ''; ; pages++) {
    const { status, body, text } = await read(cursor)
    expect([status, body.status]).toEqual([200, 'awaiting_approval'])
    expect(text.length).toBeLessThan(mostListBytes * 1.2)
    steps.push(...(body.steps as Step[]))
    if (body.next_cursor === null) break
    cursor = `?cursor=${String(body.next_cursor)}`
  }
  expect(pages).toBeGreaterThan(3)
  expect(steps.slice(0, -1).map(({ name }) => name)).toEqual(
    Array.from({ length: stepCount }, (_, at) => `step ${at + 1}`),
  )
  expect(steps.at(-1)?.approval).toMatchObject({ id: last, params: { text: 'first' } })
})

it('without outputs gives all of it at once', async () => {
  const { body, text } = await read('?fields=status,steps,name,approval')
  const steps = body.steps as Step[]
  expect(body.next_cursor).toBeNull()
  expect(steps).toHaveLength(stepCount + 1)
  expect(Object.keys(steps[0] ?? {}).sort()).toEqual(['id', 'kind', 'name'])
  expect(steps.at(-1)?.approval?.id).toBe(last)
  expect(steps.at(-1)?.approval).not.toHaveProperty('params')
  expect(text.length).toBeLessThan(stepCount * 200)
  expect((await read('?fields=status')).body).toEqual({
    id: run,
    status: 'awaiting_approval',
    next_cursor: null,
  })
})

it('tells how each step begins where it is asked to, and no more of it', async () => {
  const { body, text } = await read('?fields=steps,name,tool,brief')
  const steps = body.steps as (Step & { brief: object; tool?: string })[]
  expect(steps).toHaveLength(stepCount + 1)
  expect(steps[0]).toEqual({
    kind: 'note',
    id: steps[0]?.id,
    name: 'step 1',
    brief: { input: null, output: `"${'x'.repeat(199)}` },
  })
  expect(steps.at(-1)?.brief).toEqual({ input: '{"text":"first"}', output: null })
  expect(text.length).toBeLessThan(stepCount * 400)
})

it('takes no cursor of another run', async () => {
  const { body } = await read()
  const { run_id: other } = await test.ask()
  const { status, body: problem } = await rest.call(
    'GET',
    `/api/runs/${other}?cursor=${String(body.next_cursor)}`,
    { token: test.agent.token },
  )
  expect([status, problem.code]).toEqual([400, 'invalid_cursor'])
})
