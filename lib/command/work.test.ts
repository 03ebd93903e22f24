// oxlint-disable vitest/no-standalone-expect -- `it` is vitest's, with a fixture
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeAgents, type Agents } from '@/lib/testing/agent'
import { buildCommand, makeMachine, type BuiltCommand, type Started } from '@/lib/testing/command'
import { startRest, type Rest } from '@/lib/testing/rest'

let rest: Rest
let built: BuiltCommand
beforeAll(async () => {
  ;[rest, built] = await Promise.all([startRest(), buildCommand()])
})
afterAll(async () => {
  built.remove()
  await rest.close()
})

type Fixture = {
  agents: Agents
  /** What was started: `begin RUN CALL` and `end RUN`, in their order. */
  log: () => string[]
  start: (argv?: string[]) => Started
  /** Parks a call of a run. */
  park: (run: string, call: string, tool?: string) => Promise<string>
}

const it = test.extend<{ at: Fixture }>({
  // eslint-disable-next-line no-empty-pattern -- vitest reads the names of the fixtures that it takes
  at: async ({}, use) => {
    const agents = await makeAgents(rest)
    const machine = makeMachine()
    const file = join(machine.home, 'log')
    const program = join(machine.home, 'agent.mjs')
    // takes half a second, so that two at once would be seen; fails as long as there is a file that says so
    writeFileSync(
      program,
      `import { appendFileSync, existsSync } from 'node:fs'
const { HOLDPOINT_RUN: run, HOLDPOINT_CALL: call, HOLDPOINT_URL: url, HOLDPOINT_KEY: key } = process.env
const say = (text) => appendFileSync(${JSON.stringify(file)}, text + '\\n')
say('begin ' + run + ' ' + call)
await new Promise((done) => setTimeout(done, 500))
if (existsSync('fail')) process.exit(1)
const headers = { Authorization: 'Bearer ' + key, 'Content-Type': 'application/json' }
const read = await (await fetch(url + '/api/approvals?limit=100&run_id=' + run, { headers })).json()
for (const { id, status, tool, params, claimed_at } of read.items) {
  if (status === 'approved' && !claimed_at)
    await fetch(url + '/api/approvals/' + id + '/claim', { method: 'POST', headers, body: JSON.stringify({ tool, params }) })
}
say('end ' + run)
`,
    )
    const live = agents.live()
    const env = {
      HOME: machine.home,
      HOLDPOINT_URL: rest.url,
      HOLDPOINT_KEY: agents.token,
      HOLDPOINT_AGENT: 'tester',
    }
    const running: Started[] = []
    await use({
      agents,
      log: () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []),
      start: (argv = []) => {
        const started = built.start(['work', ...argv, '--', process.execPath, program], env, machine.home)
        running.push(started)
        return started
      },
      park: async (id, callId, tool = 'gated') => {
        const run = await live.hp.run({ id })
        const outcome = await run.gate(tool, { n: 1 }, () => 1, { callId, mode: 'park' })
        expect(outcome.kind).toBe('parked')
        return run.record.id
      },
    })
    for (const { child } of running) child.kill('SIGKILL')
    machine.remove()
  },
})

it('starts the program with the run that can go on', async ({ at }) => {
  const run = await at.park('r', 'c')
  const started = at.start()
  await expect.poll(started.stderr).toContain('Waiting for decisions about tester.')
  expect(at.log()).toEqual([])
  await at.agents.decide('c', 'approve')
  await expect.poll(at.log).toEqual([`begin ${run} c`, `end ${run}`])
  started.child.kill('SIGTERM')
  expect((await started.done).code).toBe(130)
})

it('has one at a time for a run, and another after it for what was decided meanwhile', async ({ at }) => {
  const run = await at.park('r', 'c1')
  await at.park('r', 'c2')
  const other = await at.park('s', 'c3')
  at.start()
  await at.agents.decide('c1', 'approve')
  await expect.poll(at.log).toContain(`begin ${run} c1`)
  await at.agents.decide('c2', 'approve')
  await at.agents.decide('c3', 'approve')
  await expect.poll(() => at.log().filter((line) => line.startsWith('end'))).toContain(`end ${other}`)
  const mine = at.log().filter((line) => line.includes(run))
  expect(mine.slice(0, 2)).toEqual([`begin ${run} c1`, `end ${run}`])
})

it('what was rejected goes on, too; what ended its run does not', async ({ at }) => {
  const run = await at.park('r', 'c1', 'soft')
  await at.park('s', 'c2')
  const started = at.start()
  await at.agents.decide('c2', 'reject')
  await at.agents.decide('c1', 'reject')
  await expect.poll(at.log).toEqual([`begin ${run} c1`, `end ${run}`])
  await expect.poll(started.stderr).toContain('soft was rejected')
})

it('with --once it does what there is, and fails where a program did', async ({ at }) => {
  const run = await at.park('r', 'c')
  expect(await at.start(['--once']).done).toMatchObject({ code: 0 })
  await at.agents.decide('c', 'approve')
  expect(await at.start(['--once']).done).toMatchObject({ code: 0 })
  expect(at.log()).toEqual([`begin ${run} c`, `end ${run}`])
  expect(await at.start(['--once']).done).toMatchObject({ code: 0 })
  expect(at.log()).toHaveLength(2)
})

it('an approval that nobody used in time is asked for again, once', async ({ at }) => {
  const run = await at.park('r', 'c')
  await at.agents.decide('c', 'approve')
  await at.agents.lapse('c')
  expect(await at.start(['--once']).done).toMatchObject({ code: 0 })
  expect(at.log()).toEqual([`begin ${run} c`, `end ${run}`])
  await at.park('r', 'c')
  await at.agents.held('c.2')
  expect(await at.start(['--once']).done).toMatchObject({ code: 0 })
  expect(at.log()).toHaveLength(2)
})

it('a program that failed is started again', { timeout: 60_000 }, async ({ at }) => {
  const run = await at.park('r', 'c')
  const machine = at.start()
  const flag = join(String(machine.child.spawnargs.at(-1)), '..', 'fail')
  writeFileSync(flag, '')
  await at.agents.decide('c', 'approve')
  await expect.poll(machine.stderr).toContain(`${run} ended with 1.`)
  rmSync(flag)
  await expect.poll(at.log, { timeout: 20_000 }).toEqual([`begin ${run} c`, `begin ${run} c`, `end ${run}`])
})
