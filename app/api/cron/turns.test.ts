import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'
import { createWebhook } from '@/lib/webhooks/create'
import { queueDeliveries } from '@/lib/webhooks/queue'

let rest: Rest
let test: TestProject

beforeAll(async () => {
  rest = await startRest()
  test = await makeTestProject(rest.db)
})
afterAll(() => rest.close())

it('POST /api/cron/deliver tries what waits for a chat webhook whose job is lost', async () => {
  const admin = { ...(await test.member('admin')), sealKey: randomBytes(32) }
  const rules = { outboundAllow: ['127.0.0.0/8'] }
  const input = {
    format: 'slack' as const,
    url: 'http://127.0.0.1:9/hook',
    events: ['approval.cancelled' as const],
  }
  const { id } = await createWebhook(admin, input, rules)
  const asked = await test.ask()
  const event = {
    id: 1_000_001,
    projectId: test.project.id,
    approvalId: asked.id,
    type: 'cancelled' as const,
  }
  await rest.db.transaction(async (tx) => {
    await queueDeliveries(tx, [event])
    await tx.execute(sql`delete from graphile_worker._private_jobs where key = ${`turn:${id}`}`)
  })
  const secret = { Authorization: 'Bearer cron-secret-for-tests' }
  expect((await rest.call('POST', '/api/cron/deliver', { headers: secret })).status).toBe(200)
  const tried = await rest.db.execute(sql`
    select from delivery_attempts a join deliveries d on d.id = a.delivery_id where d.event_id = ${event.id}`)
  expect(tried).toHaveLength(1)
})
