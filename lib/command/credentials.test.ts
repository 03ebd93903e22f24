// oxlint-disable vitest/no-standalone-expect -- `it` is vitest's, with a fixture
import { chmodSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeMachine } from '@/lib/testing/command'
import { makeTestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'

let rest: Rest
beforeAll(async () => {
  rest = await startRest()
})
afterAll(() => rest.close())

const it = test.extend<{ machine: ReturnType<typeof makeMachine> }>({
  // eslint-disable-next-line no-empty-pattern -- vitest reads the names of the fixtures that it takes
  machine: async ({}, use) => {
    const machine = makeMachine()
    await use(machine)
    machine.remove()
  },
})

it('doctor tells of what is configured, and whether it opens anything', async ({ machine }) => {
  const project = await makeTestProject(rest.db)
  const person = await project.member('reviewer')
  const { slug } = project.project
  expect(await machine.run(['doctor'])).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/BAD {2}No agent key for http:\/\/localhost:3000\./) as string,
  })
  await machine.run(['login', rest.url, '--token', '-'], { stdin: person.token })
  const persons = await machine.run(['doctor'])
  expect([persons.code, persons.stdout]).toEqual([
    0,
    expect.stringContaining(`ok   ${rest.url} knows the token of ${person.actor.email}: project ${slug}\n`),
  ])
  const both = await machine.run(['doctor'], { env: { HOLDPOINT_KEY: project.agent.token } })
  expect([both.code, both.stdout]).toEqual([0, expect.stringContaining(`knows the key: project ${slug}`)])
  const wrong = await machine.run(['doctor'], {
    env: { HOLDPOINT_KEY: `${project.agent.token.slice(0, -3)}AAA` },
  })
  expect([wrong.code, wrong.stdout]).toEqual([
    1,
    expect.stringMatching(/^BAD {2}The key or token is none that/m),
  ])
  chmodSync(machine.config, 0o644)
  expect((await machine.run(['doctor'])).stdout).toMatch(/BAD {2}Others can read .*chmod 600/)
})

it('doctor says where the clocks are apart', async ({ machine }) => {
  const { agent } = await makeTestProject(rest.db)
  const { body } = await rest.call('GET', '/api/me', { token: agent.token })
  const late = createServer((_, answer) => {
    const time = new Date(Date.now() - 600_000).toISOString()
    answer.setHeader('Content-Type', 'application/json')
    answer.end(JSON.stringify({ ...body, server: { ...(body.server as object), time } }))
  })
  await new Promise<void>((done) => late.listen(0, '127.0.0.1', done))
  const env = {
    HOLDPOINT_URL: `http://127.0.0.1:${(late.address() as AddressInfo).port}`,
    HOLDPOINT_KEY: agent.token,
  }
  expect((await machine.run(['doctor'], { env })).stdout).toMatch(/Its clock is 600 s behind this one/)
  late.close()
})
