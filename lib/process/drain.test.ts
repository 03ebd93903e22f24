import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'
import { startReceiver, until, type Receiver } from '@/lib/testing/webhook-receiver'

const cronSecret = 'only-for-the-scheduler'
let rest: Rest
let test: TestProject
let receiver: Receiver

beforeAll(async () => {
  // As on Vercel: nothing runs between requests.
  rest = await startRest({ OUTBOUND_ALLOW: '127.0.0.0/8', CRON_SECRET: cronSecret }, undefined, {
    withBackground: false,
  })
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

it('the scheduler’s call sends a chat service all that waits, a second apart', async () => {
  const { token } = await test.member('admin')
  const chat = await startReceiver()
  const hook = { name: 'Chat', format: 'slack', url: chat.url, events: ['approval.cancelled'] }
  const made = await rest.call('POST', '/api/webhooks', { token, body: hook })
  expect(made.status).toBe(201)
  for (const id of ['one', 'two', 'three', 'four']) {
    const body = { agent: 'tester', tool: 'gated', params: {}, tool_call_id: id }
    const asked = await rest.call('POST', '/api/approvals', { token: test.agent.token, body })
    await rest.call('POST', `/api/approvals/${asked.body.id as string}/cancel`, { token: test.agent.token })
  }
  await until(() => chat.received.length > 0)
  expect((await rest.call('POST', '/api/cron/deliver', { token: cronSecret })).status).toBe(200)
  expect(chat.received).toHaveLength(4)
  const pauses = chat.received.slice(1).map((got, i) => got.at - chat.received[i]!.at)
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(995)
  await chat.close()
})

it('one that takes long or fails holds up nobody’s events there either, and the scheduler does what is left', async () => {
  // The texts of what is asked for cannot be written meanwhile, and nothing can be sealed.
  const other = postgres(rest.databaseUrl, { max: 1 })
  await other.unsafe('begin; lock table approval_search in exclusive mode')
  await rest.db.execute(sql`alter table audit_prunings rename to hidden`)
  const log = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const ask = () =>
    rest.call('POST', '/api/approvals', {
      token: test.agent.token,
      body: { agent: 'tester', tool: 'gated', params: {} },
    })
  for (let i = 0; i < 6; i++) {
    const { id } = (await ask()).body
    await until(() => receiver.received.some(({ json }) => (json.data as { id: string }).id === id), 60_000)
    const [written] = await rest.db.execute(
      sql`select 1 from approval_search where approval_id = ${id as string}`,
    )
    expect(written).toBeUndefined()
  }
  await other.unsafe('commit')
  await other.end()
  await rest.db.execute(sql`alter table hidden rename to audit_prunings`)
  await until(async () => {
    const called = await rest.call('POST', '/api/cron/deliver', { token: cronSecret })
    expect(called.status).toBe(200)
    const [left] = await rest.db.execute(sql`
      select 1 from approval_search_queue union all select 1 from audit_entries where seq is null limit 1`)
    return left === undefined
  }, 60_000)
  log.mockRestore()
}, 120_000)
