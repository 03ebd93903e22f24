import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'
import { makeToken } from '@/lib/tokens'

let rest: Rest
let test: TestProject

beforeAll(async () => {
  rest = await startRest({ RATE_LIMIT_PER_MINUTE: '600' })
  test = await makeTestProject(rest.db)
})
afterAll(() => rest.close())

const from = (address: string, token: string) =>
  rest.call('GET', '/api/approvals', { token, headers: { 'X-Forwarded-For': address } })

it('behind a proxy that nobody named, a stranger locks out nobody', async () => {
  const wrong = Array.from({ length: 110 }, () => from('203.0.113.66', makeToken('agent').token))
  expect(new Set((await Promise.all(wrong)).map(({ status }) => status))).toEqual(new Set([401]))
  const { token: unseen } = await test.key(['read'])
  expect((await from('203.0.113.67', unseen)).status).toBe(200)
})
