import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { mails } from '@/db/schema/notices'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'
import { startReceiver, until, type Receiver } from '@/lib/testing/webhook-receiver'

const formats = ['standard', 'slack', 'teams'] as const
let rest: Rest
let test: TestProject
let owner: string
let receiver: Receiver

beforeAll(async () => {
  rest = await startRest({ MAX_BODY_KB: '1024', OUTBOUND_ALLOW: '127.0.0.0/8' })
  test = await makeTestProject(rest.db)
  owner = (await test.member('owner', 'reads@example.com')).token
  receiver = await startReceiver()
  for (const format of formats)
    await post('/api/webhooks', { format, url: receiver.url, name: format }, owner)
})
afterAll(async () => {
  await receiver.close()
  await rest.close()
})

const post = (path: string, body: unknown, token = test.agent.token) =>
  rest.call('POST', path, { token, body })

const keys = Object.fromEntries(Array.from({ length: 9990 }, (_, i) => [`key_${i}`, `value ${i}`]))
const nested = (depth: number): unknown => (depth === 0 ? 'deep' : [nested(depth - 1)])

it.each<[string, Record<string, unknown>]>([
  ['one text of a megabyte', { text: 'Ünder '.repeat(145_000) }],
  ['9,990 keys', keys],
  ['64 levels', { a: nested(62) }],
])('with MAX_BODY_KB=1024 a call of %s goes the whole way', { timeout: 120_000 }, async (name, params) => {
  const asked = await post('/api/approvals', {
    agent: 'tester',
    tool: 'gated',
    params,
    tool_call_id: name.replaceAll(' ', '-'),
  })
  expect(asked.status).toBe(201)
  const at = `/api/approvals/${asked.body.id as string}`
  expect((await rest.call('GET', at, { token: owner })).body.params).toEqual(params)
  const listed = await rest.call('GET', '/api/approvals?status=pending', { token: owner })
  expect(listed.body.items?.map((item) => item.id)).toContain(asked.body.id)
  const isTold = () =>
    receiver.received.filter(({ body }) => body.includes(String(asked.body.id))).length >= formats.length
  await until(isTold)
  await until(async () => {
    const [mail] = await rest.db.select().from(mails).where(eq(mails.recipient, 'reads@example.com'))
    return mail !== undefined
  })
  expect((await post(`${at}/decisions`, { decision: 'approve' }, owner)).status).toBe(201)
  expect((await post(`${at}/claim`, { tool: 'gated', params })).status).toBe(200)
  const verified = await rest.call('GET', '/api/audit/verify', { token: owner })
  expect(verified.body.ok).toBe(true)
})

it('a body beyond it is refused with the size in words', async () => {
  const params = { text: 'x'.repeat(1024 * 1024) }
  const refused = await post('/api/approvals', { agent: 'tester', tool: 'gated', params })
  expect([refused.status, refused.body.code]).toEqual([413, 'body_too_large'])
  expect(refused.body.detail).toContain('1048576 bytes')
})
