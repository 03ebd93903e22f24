import { eq, sql } from 'drizzle-orm'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { deliveries, notices, webhooks } from '@/db/schema/notices'
import { auditOf } from '@/lib/testing/person'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Answer, type Rest } from '@/lib/testing/rest'
import { hurry, startReceiver, until, type Receiver } from '@/lib/testing/webhook-receiver'
import type { Delivery } from '@/lib/webhooks/schemas'

type Token = { token: string; actor: { id: string } }

let rest: Rest
let test: TestProject
let admin: Token
let receiver: Receiver

beforeAll(async () => {
  rest = await startRest({ OUTBOUND_ALLOW: '127.0.0.0/8' })
})
beforeEach(async () => {
  test = await makeTestProject(rest.db)
  admin = await test.member('admin')
  receiver = await startReceiver()
})
afterEach(async () => {
  await rest.db.delete(webhooks).where(eq(webhooks.projectId, test.project.id))
  await receiver.close()
})
afterAll(() => rest.close())

const call = (who: { token: string }, method: string, path: string, body?: unknown) =>
  rest.call(method, `/api${path}`, { token: who.token, ...(body === undefined ? {} : { body }) })
const codeOf = (answer: Answer) => `${answer.status} ${answer.body.code as string}`

async function make(more: Record<string, unknown> = {}) {
  const made = await call(admin, 'POST', '/webhooks', {
    name: 'Ops',
    format: 'standard',
    url: receiver.url,
    ...more,
  })
  expect(made.status).toBe(201)
  return {
    id: String(made.body.id),
    secret: String(made.body.secret),
    path: `/webhooks/${String(made.body.id)}`,
    body: made.body,
  }
}
async function listed(path: string): Promise<Delivery[]> {
  const answer = await call(admin, 'GET', `${path}/deliveries`)
  expect(answer.status).toBe(200)
  return answer.body.items as unknown as Delivery[]
}
const settled = (path: string, count = 1) =>
  until(async () => {
    const items = await listed(path)
    return items.length >= count && items.every((item) => ['delivered', 'failed'].includes(item.status))
  })

describe('/api/webhooks', () => {
  it('makes, lists, reads, changes and deletes; the secret is shown once', async () => {
    const { id, secret, path, body } = await make()
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    const { secret: _, ...shape } = body
    expect(Object.keys(shape)).toEqual([
      'id',
      'name',
      'format',
      'url',
      'events',
      'enabled',
      'disabled_reason',
      'created_at',
    ])
    expect(shape).toMatchObject({
      format: 'standard',
      url: receiver.url,
      enabled: true,
      disabled_reason: null,
    })
    expect(shape.events).toHaveLength(5)
    expect((await call(admin, 'GET', path)).body).toEqual(shape)
    expect((await call(admin, 'GET', '/webhooks')).body).toEqual({ items: [shape], next_cursor: null })
    const changed = await call(admin, 'PATCH', path, {
      name: 'Pager',
      events: ['approval.requested'],
      enabled: false,
    })
    expect(changed.body).toEqual({ ...shape, name: 'Pager', events: ['approval.requested'], enabled: false })
    expect((await call(admin, 'DELETE', path)).status).toBe(204)
    expect(codeOf(await call(admin, 'GET', path))).toBe('404 not_found')
    const actions = ['webhook.created', 'webhook.updated', 'webhook.deleted']
    const entries = (await auditOf(rest.db, test.project.id)).filter((entry) => entry.target === id)
    expect(entries.map((entry) => entry.action)).toEqual(actions)
    expect(JSON.stringify(entries)).not.toMatch(/whsec_|\/hook/)
  })

  it('keeps secrets and routing keys encrypted, and echoes neither', async () => {
    const routing_key = 'R0UTINGKEY0123456789'
    const pager = await make({ format: 'pagerduty', url: undefined, routing_key, name: undefined })
    expect(pager.body).toMatchObject({
      url: 'https://events.pagerduty.com/v2/enqueue',
      name: 'events.pagerduty.com',
    })
    const { path } = await make()
    expect(JSON.stringify(await call(admin, 'GET', '/webhooks'))).not.toMatch(/whsec_|R0UTING/)
    expect(JSON.stringify(await call(admin, 'PATCH', path, { name: 'x' }))).not.toContain('whsec_')
    const rows = JSON.stringify(await rest.db.select().from(webhooks))
    expect(rows).not.toMatch(/whsec_|R0UTING/)
    expect(JSON.stringify(await auditOf(rest.db, test.project.id))).not.toMatch(/whsec_|R0UTING/)
  })

  it('is for admins alone, and knows nothing of other projects', async () => {
    const { path } = await make()
    const other = await makeTestProject(rest.db)
    const stranger = await other.member('owner')
    const delivery = `${path}/deliveries/dlv_${'0'.repeat(26)}/redeliver`
    const calls: [string, string, unknown?][] = [
      ['GET', path],
      ['PATCH', path, { name: 'x' }],
      ['POST', `${path}/test`],
      ['POST', `${path}/rotate`],
      ['GET', `${path}/deliveries`],
      ['POST', delivery],
      ['DELETE', path],
    ]
    for (const who of [await test.member('reviewer'), await test.member('viewer'), test.agent]) {
      for (const [method, address, body] of calls)
        expect(codeOf(await call(who, method, address, body))).toBe('403 forbidden')
      expect(codeOf(await call(who, 'GET', '/webhooks'))).toBe('403 forbidden')
      expect(codeOf(await call(who, 'POST', '/webhooks', { format: 'standard', url: receiver.url }))).toBe(
        '403 forbidden',
      )
    }
    for (const [method, address, body] of calls)
      expect(codeOf(await call(stranger, method, address, body))).toBe('404 not_found')
    expect((await call(stranger, 'GET', '/webhooks')).body.items).toEqual([])
    expect((await call(admin, 'GET', path)).status).toBe(200)
    expect(codeOf(await call(admin, 'POST', delivery))).toBe('404 not_found')
    expect(codeOf(await call(admin, 'GET', '/webhooks/nope'))).toBe('400 invalid_id')
    expect(codeOf(await call(admin, 'POST', `${path}/deliveries/x/redeliver`))).toBe('400 invalid_id')
    expect((await call(admin, 'PUT', path, {})).headers.get('allow')).toBe('GET, PATCH, DELETE')
  })

  const refused: [string, Record<string, unknown>, string][] = [
    ['no URL', { format: 'slack' }, '/url'],
    ['an unknown format', { format: 'irc', url: 'https://example.com' }, '/format'],
    ['no URL at all', { format: 'standard', url: 'example' }, '/url'],
    ['a private address', { format: 'standard', url: 'https://10.0.0.1/' }, '/url'],
    ['the metadata address in decimal', { format: 'standard', url: 'https://2852039166/' }, '/url'],
    ['loopback as mapped IPv6', { format: 'standard', url: 'https://[::ffff:169.254.169.254]/' }, '/url'],
    ['http: towards a public address', { format: 'standard', url: 'http://8.8.8.8/' }, '/url'],
    ['another scheme', { format: 'standard', url: 'ftp://example.com/' }, '/url'],
    ['a password', { format: 'standard', url: 'https://a:b@example.com/' }, '/url'],
    ['no routing key', { format: 'pagerduty' }, '/routing_key'],
    [
      'a routing key for Slack',
      { format: 'slack', url: 'https://example.com/', routing_key: 'a'.repeat(32) },
      '/routing_key',
    ],
    ['no events', { format: 'standard', url: 'https://example.com/', events: [] }, '/events'],
    [
      'an event twice',
      { format: 'standard', url: 'https://example.com/', events: ['approval.expired', 'approval.expired'] },
      '/events',
    ],
    [
      'an unknown event',
      { format: 'standard', url: 'https://example.com/', events: ['webhook.test'] },
      '/events/0',
    ],
    ['ntfy without a topic', { format: 'ntfy', url: 'https://ntfy.sh/' }, '/url'],
    ['ntfy with a topic that is none', { format: 'ntfy', url: 'https://ntfy.sh/a.b' }, '/url'],
    ['a name of two lines', { format: 'standard', url: 'https://example.com/', name: 'a\nb' }, '/name'],
  ]
  it.each(refused)('refuses %s', async (_, body, pointer) => {
    const answer = await call(admin, 'POST', '/webhooks', body)
    expect(codeOf(answer)).toBe('422 invalid_input')
    expect(answer.body.errors).toMatchObject([{ pointer }])
  })

  it('refuses unknown fields, another format, and a private address at a change', async () => {
    const { path } = await make()
    expect(
      codeOf(
        await call(admin, 'POST', '/webhooks', { format: 'standard', url: receiver.url, secret: 'mine' }),
      ),
    ).toBe('422 unknown_field')
    expect(codeOf(await call(admin, 'PATCH', path, { id: 'x' }))).toBe('422 unknown_field')
    expect((await call(admin, 'PATCH', path, { format: 'slack' })).body.errors).toMatchObject([
      { pointer: '/format' },
    ])
    expect((await call(admin, 'PATCH', path, { url: 'https://192.168.1.1' })).body.errors).toMatchObject([
      { pointer: '/url' },
    ])
    expect((await call(admin, 'PATCH', path, { format: 'standard' })).status).toBe(200)
  })
})

describe('deliveries', () => {
  it('sends what happened, signed, in order, and keeps the attempt', async () => {
    const { path, secret } = await make()
    const approval = await test.ask({ params: { order_id: 'ORD-1', amount: 2400 } })
    await until(() => receiver.received.length === 1)
    const reviewer = await test.member('reviewer')
    expect(
      (await call(reviewer, 'POST', `/approvals/${approval.id}/decisions`, { decision: 'approve' })).status,
    ).toBe(201)
    await until(() => receiver.received.length === 2)
    const [first, second] = receiver.received
    expect(new Webhook(secret).verify(first!.body, first!.headers)).toMatchObject({
      type: 'approval.requested',
      data: {
        id: approval.id,
        status: 'pending',
        params: { order_id: 'ORD-1', amount: 2400 },
        digest: approval.digest,
        url: approval.url,
      },
    })
    expect(new Webhook(secret).verify(second!.body, second!.headers)).toMatchObject({
      type: 'approval.approved',
      data: { id: approval.id, status: 'approved', decision: { reviewer: { id: reviewer.actor.id } } },
    })
    expect(() => new Webhook(secret).verify(first!.body.replace('2400', '2401'), first!.headers)).toThrow(
      /signature/i,
    )
    await settled(path, 2)
    const [last, before] = await listed(path)
    expect(last).toMatchObject({
      type: 'approval.approved',
      approval_id: approval.id,
      status: 'delivered',
      message_id: second!.headers['webhook-id'],
    })
    expect(before?.attempts).toEqual([
      {
        at: expect.any(String) as string,
        status_code: 200,
        error: null,
        duration_ms: expect.any(Number) as number,
        response: '',
      },
    ])
    expect(first!.headers['content-type']).toBe('application/json')
  })

  it('sends only the events that were chosen, to webhooks that are switched on', async () => {
    const only = await make({ events: ['approval.cancelled'] })
    const off = await make({ enabled: false })
    const approval = await test.ask()
    expect((await call(test.agent, 'POST', `/approvals/${approval.id}/cancel`)).status).toBe(200)
    await settled(only.path)
    expect(receiver.received.map((one) => one.json.type)).toEqual(['approval.cancelled'])
    expect(await listed(off.path)).toEqual([])
  })

  it('retries with the same id and body, another time, and signatures that verify', async () => {
    const { path, secret } = await make({ events: ['approval.requested'] })
    receiver.answer((before) => (before < 2 ? { status: 500, body: `no\0${'x'.repeat(5000)}` } : 204))
    await test.ask()
    await until(async () => (await listed(path))[0]?.attempts.length === 1)
    const [failed] = (await listed(path))[0]?.attempts ?? []
    // The job of the first attempt may still be there, about to be taken away.
    const [waiting] = await rest.db.execute<{ seconds: number }>(sql`
      select extract(epoch from max(run_at) - ${failed?.at}::timestamptz)::float as seconds from graphile_worker.jobs where task_identifier = 'deliver_webhook'`)
    // from when the answer came, which a busy machine reads late
    expect(waiting?.seconds).toBeGreaterThanOrEqual(5)
    expect(waiting?.seconds).toBeLessThan(60)
    await new Promise((resolve) => setTimeout(resolve, 1100))
    await hurry(rest.db)
    await until(async () => (await listed(path))[0]?.attempts.length === 2)
    await hurry(rest.db)
    await settled(path)
    const [one, two, three] = receiver.received
    expect(new Set(receiver.received.map((got) => got.headers['webhook-id'])).size).toBe(1)
    expect(new Set(receiver.received.map((got) => got.body)).size).toBe(1)
    expect(one?.headers['webhook-timestamp']).not.toBe(two?.headers['webhook-timestamp'])
    expect(() => new Webhook(secret).verify(three!.body, three!.headers)).not.toThrow()
    const [delivery] = await listed(path)
    expect(delivery).toMatchObject({
      status: 'delivered',
      attempts: [
        { status_code: 500, error: 'The receiver answered 500.' },
        { status_code: 500 },
        { status_code: 204 },
      ],
    })
    expect(Buffer.byteLength(delivery!.attempts[0]!.response ?? '')).toBeLessThanOrEqual(1026)
    expect(receiver.received).toHaveLength(3)
  })

  it('says when it is tried next, as its job has it, and null once it is over', async () => {
    const { path } = await make({ events: ['approval.requested'] })
    receiver.answer((before) => (before === 0 ? { status: 429, headers: { 'Retry-After': '30' } } : 204))
    await test.ask()
    await until(async () => (await listed(path))[0]?.status === 'retrying')
    const [delivery] = await listed(path)
    const [job] = await rest.db.execute<{ at: string }>(sql`
      select to_json(run_at) #>> '{}' as at from graphile_worker.jobs where key = ${`delivery:${delivery!.id}`}`)
    expect(Date.parse(delivery!.next_attempt_at!)).toBe(Date.parse(job!.at))
    expect(
      Date.parse(delivery!.next_attempt_at!) - Date.parse(delivery!.attempts[0]!.at),
    ).toBeGreaterThanOrEqual(30_000)
    await rest.db.update(webhooks).set({ quietUntil: null })
    await hurry(rest.db)
    await settled(path)
    expect((await listed(path))[0]).toMatchObject({ status: 'delivered', next_attempt_at: null })
  })

  it('publishes to ntfy at the root of its server, with the topic of the URL and its access', async () => {
    const { path } = await make({
      format: 'ntfy',
      url: receiver.url.replace('/hook', '/push/alerts?auth=QmVhcmVy'),
    })
    const approval = await test.ask()
    await settled(path)
    expect(receiver.received[0]?.path).toBe('/push/?auth=QmVhcmVy')
    expect(receiver.received[0]?.json).toMatchObject({ topic: 'alerts', click: approval.url })
    await call(admin, 'PATCH', path, { url: receiver.url.replace('/hook', '/other') })
    const [delivery] = await listed(path)
    await call(admin, 'POST', `${path}/deliveries/${delivery!.id}/redeliver`)
    await until(() => receiver.received.length === 2)
    expect(receiver.received[1]).toMatchObject({ path: '/', json: { topic: 'other', click: approval.url } })
    expect((await call(admin, 'PATCH', path, { url: 'https://ntfy.sh/' })).body.errors).toMatchObject([
      { pointer: '/url' },
    ])
    await settled(path)
  })

  it.each(['slack', 'teams', 'discord', 'google_chat', 'ntfy'])(
    'tells %s of a request and of its end',
    async (format) => {
      const { path } = await make({ format })
      const approval = await test.ask()
      await call(await test.member('reviewer'), 'POST', `/approvals/${approval.id}/decisions`, {
        decision: 'reject',
      })
      await settled(path, 2)
      expect(receiver.received).toHaveLength(2)
      expect(receiver.received[1]?.body).toContain('Rejected')
      for (const { body } of receiver.received) {
        expect(body).toContain(approval.digest)
        expect(body).toContain(approval.url)
      }
    },
  )

  it('a retry sends what was frozen, though somebody has decided meanwhile', async () => {
    const { path } = await make({ events: ['approval.requested'] })
    receiver.answer((before) => (before === 0 ? 503 : 200))
    const approval = await test.ask()
    await until(async () => (await listed(path))[0]?.attempts.length === 1)
    await call(await test.member('reviewer'), 'POST', `/approvals/${approval.id}/decisions`, {
      decision: 'reject',
    })
    await hurry(rest.db)
    await settled(path)
    expect(receiver.received[1]?.body).toBe(receiver.received[0]?.body)
    expect(receiver.received[1]?.json).toMatchObject({ data: { status: 'pending' } })
  })

  it('does not follow redirects', async () => {
    const target = await startReceiver()
    const { path } = await make({ events: ['approval.requested'] })
    receiver.answer({ status: 307, headers: { Location: target.url } })
    await test.ask()
    await until(async () => (await listed(path))[0]?.attempts.length === 1)
    expect((await listed(path))[0]).toMatchObject({
      status: 'retrying',
      attempts: [{ status_code: 307, error: 'Redirects are not followed.' }],
    })
    expect(target.received).toEqual([])
    await target.close()
  })

  it('a test is sent at once, also where switched off, and once', async () => {
    const { path, secret } = await make({ enabled: false })
    const queued = await call(admin, 'POST', `${path}/test`)
    expect(queued.status).toBe(202)
    expect(queued.body).toMatchObject({
      type: 'webhook.test',
      status: 'pending',
      approval_id: null,
      attempts: [],
    })
    await settled(path)
    expect(
      new Webhook(secret).verify(receiver.received[0]!.body, receiver.received[0]!.headers),
    ).toMatchObject({ type: 'webhook.test' })
    receiver.answer(500)
    await call(admin, 'POST', `${path}/test`)
    await settled(path, 2)
    expect((await listed(path))[0]).toMatchObject({ status: 'failed', attempts: [{ status_code: 500 }] })
    const told = (await auditOf(rest.db, test.project.id, 'webhook.tested')).slice(-2)
    expect(told.map(({ actor, target, detail }) => [actor, `/webhooks/${target}`, detail])).toEqual(
      (await listed(path)).reverse().map(({ id }) => [admin.actor.id, path, { delivery_id: id }]),
    )
  })

  it('redelivers with the same id and body, also what was delivered', async () => {
    const { path } = await make({ events: ['approval.requested'] })
    await test.ask()
    await settled(path)
    const [delivery] = await listed(path)
    const again = await call(admin, 'POST', `${path}/deliveries/${delivery!.id}/redeliver`)
    expect(again.status).toBe(202)
    expect((await auditOf(rest.db, test.project.id, 'webhook.redelivered')).at(-1)).toMatchObject({
      actor: admin.actor.id,
      detail: { delivery_id: delivery!.id, message_id: delivery!.message_id, type: 'approval.requested' },
    })
    expect(again.body).toMatchObject({ id: delivery!.id, status: 'pending' })
    await until(() => receiver.received.length === 2)
    await settled(path)
    expect((await listed(path))[0]?.attempts).toHaveLength(2)
    expect(receiver.received[1]?.body).toBe(receiver.received[0]?.body)
    expect(receiver.received[1]?.headers['webhook-id']).toBe(delivery!.message_id)
    await call(admin, 'PATCH', path, { enabled: false })
    expect(codeOf(await call(admin, 'POST', `${path}/deliveries/${delivery!.id}/redeliver`))).toBe(
      '409 conflict',
    )
  })

  it('rotation: both secrets sign for 24 hours, then the new one alone', async () => {
    const { id, path, secret } = await make({ events: ['approval.requested'] })
    const rotated = await call(admin, 'POST', `${path}/rotate`)
    expect(rotated.status).toBe(200)
    const fresh = String(rotated.body.secret)
    expect(fresh).not.toBe(secret)
    await test.ask()
    await until(() => receiver.received.length === 1)
    const [got] = receiver.received
    expect(() => new Webhook(fresh).verify(got!.body, got!.headers)).not.toThrow()
    expect(() => new Webhook(secret).verify(got!.body, got!.headers)).not.toThrow()
    const [row] = await rest.db
      .select({
        hours: sql<number>`extract(epoch from ${webhooks.previousSecretUntil} - now())::float / 3600`,
      })
      .from(webhooks)
      .where(eq(webhooks.id, id))
    expect(row?.hours).toBeCloseTo(24, 1)
    await rest.db
      .update(webhooks)
      .set({ previousSecretUntil: sql`now()` })
      .where(eq(webhooks.id, id))
    await test.ask({ tool_call_id: 'later' })
    await until(() => receiver.received.length === 2)
    const later = receiver.received[1]
    expect(() => new Webhook(fresh).verify(later!.body, later!.headers)).not.toThrow()
    expect(() => new Webhook(secret).verify(later!.body, later!.headers)).toThrow(/signature/i)
    expect(await auditOf(rest.db, test.project.id, 'webhook.rotated')).toHaveLength(1)
  })

  it('410 disables at once, tells the admins and gives up what waits', async () => {
    const { id, path } = await make({ events: ['approval.requested'] })
    const viewer = await test.member('viewer')
    receiver.answer(410)
    await test.ask()
    await until(async () => (await call(admin, 'GET', path)).body.enabled === false)
    expect((await call(admin, 'GET', path)).body).toMatchObject({
      enabled: false,
      disabled_reason: 'The receiver answered 410 Gone.',
    })
    expect((await listed(path))[0]).toMatchObject({ status: 'failed', attempts: [{ status_code: 410 }] })
    const told = await rest.db.select().from(notices).where(eq(notices.subjectId, id))
    expect(told.map((notice) => notice.userId)).toContain(admin.actor.id)
    expect(told.map((notice) => notice.userId)).not.toContain(viewer.actor.id)
    expect(told[0]).toMatchObject({
      kind: 'webhook_disabled',
      text: 'Ops is disabled. The receiver answered 410 Gone.',
    })
    expect(await auditOf(rest.db, test.project.id, 'webhook.disabled')).toMatchObject([
      { actor: 'holdpoint', target: id },
    ])
    await test.ask({ tool_call_id: 'after' })
    await call(admin, 'PATCH', path, { enabled: true })
    expect((await call(admin, 'GET', path)).body).toMatchObject({ enabled: true, disabled_reason: null })
    const [cleared] = await rest.db.select().from(notices).where(eq(notices.subjectId, id))
    expect(cleared?.clearedAt).toBeInstanceOf(Date)
  })

  it('a name that leads to a private address is refused at the send', async () => {
    const { path } = await make({ url: 'https://ip6-localhost./', events: ['approval.requested'] })
    await test.ask()
    await until(async () => (await listed(path))[0]?.attempts.length === 1)
    expect((await listed(path))[0]?.attempts[0]).toMatchObject({
      status_code: null,
      error: expect.any(String) as string,
    })
  })

  it('writes PagerDuty’s routing key into what is sent, and keeps it out of what is kept', async () => {
    const routing_key = 'R0UTINGKEY0123456789'
    const { path } = await make({ format: 'pagerduty', routing_key })
    const approval = await test.ask()
    await until(() => receiver.received.length === 1)
    await call(await test.member('reviewer'), 'POST', `/approvals/${approval.id}/decisions`, {
      decision: 'approve',
    })
    await settled(path, 2)
    const [trigger, resolve] = receiver.received.map((got) => got.json)
    expect(trigger).toMatchObject({ routing_key, event_action: 'trigger' })
    expect(resolve).toEqual({ routing_key, event_action: 'resolve', dedup_key: trigger?.dedup_key })
    expect(JSON.stringify(await rest.db.select().from(deliveries))).not.toContain(routing_key)
  })
})
