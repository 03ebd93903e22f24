import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'

let rest: Rest
let test: TestProject

beforeAll(async () => {
  rest = await startRest()
  test = await makeTestProject(rest.db)
})
afterAll(() => rest.close())

it('POST /api/cron/deliver deletes what the project keeps no longer', async () => {
  const { token } = await test.member('owner')
  const kept = await rest.call('PATCH', '/api/project', {
    token,
    body: { retention_days: 30, audit_retention_days: 365 },
  })
  expect(kept.body).toMatchObject({ retention_days: 30, audit_retention_pending: { days: 365 } })
  const agent = test.agent.token
  const start = (name: string) =>
    rest.call('POST', '/api/runs', { token: agent, body: { agent: 'tester', external_id: name } })
  await start('old')
  await start('young')
  await rest.db.execute(sql`
    update runs set started_at = started_at - interval '31 days' where external_id = 'old'`)
  const secret = { Authorization: 'Bearer cron-secret-for-tests' }
  const { status, body } = await rest.call('POST', '/api/cron/deliver', { headers: secret })
  expect([status, body.pruned]).toEqual([200, 1])
  expect((await rest.call('GET', '/api/runs/old', { token: agent })).status).toBe(404)
  expect((await rest.call('GET', '/api/runs/young', { token: agent })).status).toBe(200)
})
