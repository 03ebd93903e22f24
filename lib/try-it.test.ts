import { afterAll, beforeAll, expect, it } from 'vitest'
import { createKey } from '@/lib/keys/create-key'
import { createToken } from '@/lib/keys/create-token'
import { scopes, type Scope } from './context'
import { paste } from './testing/pasted'
import { makeTestProject, type TestProject } from './testing/project'
import { startRest, type Rest } from './testing/rest'
import { askCommand, curl, deployCommand, firstAsk, firstPolicy, tryCommand } from './try-it'

let rest: Rest
let test: TestProject

beforeAll(async () => {
  rest = await startRest()
  test = await makeTestProject(rest.db)
})
afterAll(() => rest.close())

const newKey = (...which: Scope[]) => createKey(test.system, { name: 'New', scopes: which })

it('the first policy is deployed and the first call held, as they are printed', async () => {
  const { token } = await newKey('deploy', 'run')
  const env = { HOLDPOINT_KEY: token }
  expect(await paste(deployCommand(rest.url, '$HOLDPOINT_KEY'), env)).toMatchObject({ status: 201 })
  const again = deployCommand(rest.url, '$HOLDPOINT_KEY', '@agent.yaml')
  expect(await paste(again, env, { 'agent.yaml': firstPolicy })).toMatchObject({ status: 200 })
  const asked = await paste(askCommand(rest.url, token))
  expect(asked).toMatchObject({ status: 201, body: { required: true, status: 'pending' } })
  const run = { agent: firstAsk.agent, input: { order_id: 'ORD-1' } }
  const started = curl(rest.url, { method: 'POST', path: '/runs', token: '$HOLDPOINT_KEY', json: run })
  expect(await paste(started, env)).toMatchObject({ status: 201 })
})

const combinations = scopes.reduce<Scope[][]>(
  (all, scope) => [...all, ...all.map((one) => [...one, scope])],
  [[]],
)

it.each(combinations.filter((one) => one.length > 0))(
  'a new key with %s and more may make the call that it is shown with',
  async (...which) => {
    const key = await newKey(...which)
    for (const agent of [undefined, 'tester']) {
      const { status } = await paste(tryCommand(rest.url, key, agent))
      expect([200, 201]).toContain(status)
    }
  },
)

it('a viewer’s new token may make the call that it is shown with', async () => {
  const viewer = await test.member('viewer')
  const token = await createToken(viewer, { name: 'Mine' })
  expect(await paste(tryCommand(rest.url, token, 'tester'))).toMatchObject({ status: 200 })
})
