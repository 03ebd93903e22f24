import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'
import { makeToken } from '@/lib/tokens'

let rest: Rest
let test: TestProject

beforeAll(async () => {
  rest = await startRest({ RATE_LIMIT_PER_MINUTE: '600', TRUSTED_PROXIES: '127.0.0.1' })
  test = await makeTestProject(rest.db)
})
afterAll(() => rest.close())

const from = (address: string, token: string) =>
  rest.call('GET', '/api/approvals', { token, headers: { 'X-Forwarded-For': address } })
const strange = () => makeToken('agent').token

it('an address that shows wrong keys is told to wait, and keeps nobody else from coming in', async () => {
  const stranger = '203.0.113.66'
  expect((await from(stranger, test.agent.token)).status).toBe(200)
  const answers = await Promise.all(Array.from({ length: 100 }, () => from(stranger, strange())))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]))

  const refused = await from(stranger, strange())
  expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited'])
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)

  const { token: unseen } = await test.key(['read'])
  expect((await from(stranger, unseen)).status).toBe(429)
  expect((await from('203.0.113.67', unseen)).status).toBe(200)
  expect((await from(stranger, unseen)).status).toBe(200)
  expect((await from(stranger, test.agent.token)).status).toBe(200)
})

it('a key that is dead and used on and on counts once', async () => {
  const strangeOne = strange()
  const answers = await Promise.all(Array.from({ length: 150 }, () => from('203.0.113.77', strangeOne)))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]))
  expect((await from('203.0.113.77', strange())).status).toBe(401)
})

it('the operator’s secrets are guessed as seldom', async () => {
  const guess = (secret: string) =>
    rest.call('GET', '/api/cron/expire', { token: secret, headers: { 'X-Forwarded-For': '203.0.113.88' } })
  for (let i = 0; i < 100; i++) expect((await guess(`guess-${i}`)).status).toBe(401)
  expect((await guess('guess')).status).toBe(429)
  expect((await guess('cron-secret-for-tests')).status).toBe(200)
})
