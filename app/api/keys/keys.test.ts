import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'

let rest: Rest
let test: TestProject
let admin: string

beforeAll(async () => {
  rest = await startRest()
  test = await makeTestProject(rest.db)
  admin = (await test.member('admin')).token
})
afterAll(() => rest.close())

const make = async (body: object) => (await rest.call('POST', '/api/keys', { token: admin, body })).body
const deploy = (token: string) =>
  rest.call('PUT', '/api/agents/mine', {
    token,
    body: 'approval: {tools: [pay]}',
    headers: { 'Content-Type': 'application/yaml' },
  })

describe('POST /api/keys', () => {
  it('makes a key that may run and cannot deploy, where no scopes are named', async () => {
    const key = await make({ name: 'Order agent' })
    expect(key).toMatchObject({ kind: 'agent', scopes: ['run'], warnings: [] })
    const ask = { agent: 'tester', tool: 'gated', params: {} }
    const token = key.token as string
    expect((await rest.call('POST', '/api/approvals', { token, body: ask })).status).toBe(201)
    expect(await deploy(token)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })

  it('warns of a key that can loosen its own gate, and lists it without', async () => {
    const key = await make({ name: 'Both', scopes: ['run', 'deploy'] })
    expect(key.warnings).toEqual([
      { code: 'run_and_deploy', message: expect.stringMatching(/can loosen the very policy/) as string },
    ])
    expect((await deploy(key.token as string)).status).toBe(201)
    const { items } = (await rest.call('GET', '/api/keys', { token: admin })).body
    expect(items?.find((one) => one.id === key.id)).not.toHaveProperty('warnings')
    expect(await make({ kind: 'personal', name: 'laptop' })).toMatchObject({ scopes: [], warnings: [] })
  })
})
