import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'
import { startReceiver, until, type Receiver } from '@/lib/testing/webhook-receiver'

let rest: Rest
let test: TestProject
let receiver: Receiver

beforeAll(async () => {
  // As on Vercel: nothing runs between requests.
  rest = await startRest({ OUTBOUND_ALLOW: '127.0.0.0/8' }, undefined, { withBackground: false })
  test = await makeTestProject(rest.db)
  receiver = await startReceiver()
})
afterAll(async () => {
  await rest.close()
  await receiver.close()
})

it('what a change left to be done is done after its answer, where no process lives', async () => {
  const { token } = await test.member('admin')
  const hook = { name: 'Ops', format: 'standard', url: receiver.url, events: ['approval.requested'] }
  expect((await rest.call('POST', '/api/webhooks', { token, body: hook })).status).toBe(201)
  const body = { agent: 'tester', tool: 'gated', params: {} }
  const asked = await rest.call('POST', '/api/approvals', { token: test.agent.token, body })
  expect(asked.status).toBe(201)
  await until(() => receiver.received.length === 1)
  expect(receiver.received[0]?.json).toMatchObject({
    type: 'approval.requested',
    data: { id: asked.body.id },
  })
  await until(async () => {
    const [open] = await rest.db.execute(sql`select 1 from audit_entries where seq is null`)
    return open === undefined
  })
})
