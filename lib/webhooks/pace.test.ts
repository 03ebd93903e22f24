import { asc, eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { deliveries, webhooks } from '@/db/schema/notices'
import type { Context, MemberActor } from '@/lib/context'
import { serveJobs } from '@/lib/jobs/serve'
import { jobTasks } from '@/lib/jobs/tasks'
import { openTestDatabase } from '@/lib/testing/open-database'
import type { TestProject } from '@/lib/testing/project'
import {
  hurry,
  type Receiver,
  rules,
  sealKey,
  startReceiver,
  startReceiving,
  stopReceiving,
  until,
} from '@/lib/testing/webhook-receiver'
import { Circuit } from './circuit'
import { createWebhook } from './create'
import { deliverWebhook } from './deliver'
import { webhookFormats, isChat, type WebhookFormat } from './formats/names'
import { queueDeliveries } from './queue'
import { readDeliveries } from './read'
import { redeliver } from './redeliver'
import { rotateWebhook } from './rotate'
import { testWebhook } from './send-test'
import { updateWebhook } from './update'

type Opened = Awaited<ReturnType<typeof openTestDatabase>>
let opened: Opened
let db: Opened['db']
let project: TestProject
let admin: Context<MemberActor>
let receiver: Receiver
let stops: (() => Promise<void>)[] = []
let nextEvent = 1

beforeAll(async () => {
  opened = await openTestDatabase()
  db = opened.db
})
afterAll(() => opened.close())
beforeEach(async () => {
  ;({ project, admin, receiver } = await startReceiving(db))
})
afterEach(async () => {
  await Promise.all(stops.map((stop) => stop()))
  stops = []
  await stopReceiving(db, receiver)
})

const deps = (chatPauseMs = 1000) => ({
  db,
  appUrl: 'http://localhost:3000',
  sealKey,
  ...rules,
  circuit: new Circuit(),
  chatPauseMs,
})
const make = (format: WebhookFormat, url = receiver.url) => createWebhook(admin, { format, url }, rules)

/** A process of its own, with its own memory of what works. */
async function serve(chatPauseMs: number, concurrency = 12) {
  const mail = { resendApiKey: undefined, resendBaseUrl: undefined, emailFrom: 'x@example.com' }
  const tasks = jobTasks({ ...deps(), mail, queueDeliveries, webhooks: deps(chatPauseMs) })
  const serving = await serveJobs({ databaseUrl: opened.url, tasks, concurrency })
  stops.push(() => serving.stop())
}
/** Queues events as `tell_event` does. */
async function tell(approvalId: string, count = 1) {
  const events = Array.from({ length: count }, () => ({
    id: nextEvent++,
    projectId: project.project.id,
    approvalId,
    type: 'requested' as const,
  }))
  await db.transaction((tx) => queueDeliveries(tx, events))
}
const rowsOf = (webhookId: string) =>
  db.select().from(deliveries).where(eq(deliveries.webhookId, webhookId)).orderBy(asc(deliveries.eventId))
const isDone = async (webhookId: string) =>
  (await rowsOf(webhookId)).every((row) => row.status === 'delivered')
const jobs = () =>
  db.execute<{ key: string; wait: number }>(sql`
    select key, extract(epoch from run_at - clock_timestamp())::float as wait
    from graphile_worker.jobs where task_identifier = 'deliver_webhook' order by key`)
const shown = async (webhookId: string) => (await readDeliveries(admin, webhookId, { limit: 100 })).items
const deliverFirst = async (webhookId: string) => {
  const [row] = await rowsOf(webhookId)
  await deliverWebhook(deps(), { delivery_id: row!.id, by_hand: false })
}
const pausesOf = ({ received }: Receiver) => received.slice(1).map((got, i) => got.at - received[i]!.at)

describe('a chat service', () => {
  test('of 30 at once gets all, in order, each a pause apart, from two processes; another webhook gets its own at once', async () => {
    const pauseMs = 100
    const other = await startReceiver()
    const [chat, standard] = [await make('discord'), await make('standard', other.url)]
    const { id } = await project.ask()
    await serve(pauseMs)
    await serve(pauseMs)
    const startedAt = Date.now()
    await tell(id, 30)
    await until(() => isDone(standard.id), 30_000)
    const otherMs = Date.now() - startedAt
    expect(receiver.received.length).toBeLessThan(30)
    await until(() => isDone(chat.id), 60_000)
    expect(receiver.received).toHaveLength(30)
    expect(Math.min(...pausesOf(receiver))).toBeGreaterThanOrEqual(pauseMs - 5)
    const inOrder = (await rowsOf(chat.id)).map((row) => row.messageId)
    expect(receiver.received.map((got) => got.headers['webhook-id'])).toEqual(inOrder)
    expect(otherMs).toBeLessThan(Date.now() - startedAt)
    await until(async () => (await jobs()).length === 0)
    await other.close()
  }, 120_000)

  test('gets one a second, whoever sends', async () => {
    const { id: webhookId } = await make('slack')
    await serve(1000, 4)
    await tell((await project.ask()).id, 3)
    await testWebhook(admin, { id: webhookId })
    await until(() => isDone(webhookId))
    expect(receiver.received).toHaveLength(4)
    expect(Math.min(...pausesOf(receiver))).toBeGreaterThanOrEqual(995)
  })

  test('is told what is not to be overlooked, where a program is told the approval alone', async () => {
    const program = await startReceiver()
    const [chat, standard] = [await make('slack'), await make('standard', program.url)]
    const { id } = await project.ask({ params: { to: 'ac\u202eme' } })
    await tell(id)
    await deliverFirst(standard.id)
    await deliverWebhook(deps(), { webhook_id: chat.id })
    const note = 'to holds characters that cannot be seen'
    expect(receiver.received.map(({ body }) => body.includes(note))).toEqual([true])
    expect(program.received.map(({ body }) => body.includes(note))).toEqual([false])
    await program.close()
  })

  test('costs one job, however many wait', async () => {
    const { id: webhookId } = await make('google_chat')
    const { id } = await project.ask()
    await tell(id, 20)
    await tell(id, 20)
    expect((await jobs()).map((job) => job.key)).toEqual([`turn:${webhookId}`])
    await deliverWebhook(deps(), { webhook_id: webhookId })
    expect(receiver.received).toHaveLength(1)
    expect((await jobs())[0]?.wait).toBeGreaterThan(0.5)
    await deliverWebhook(deps(), { webhook_id: webhookId })
    expect(receiver.received).toHaveLength(1)
    expect(await jobs()).toHaveLength(1)
  })

  test('twenty at once that ask for the turn: one has it', async () => {
    const { id: webhookId } = await make('teams')
    await tell((await project.ask()).id, 1)
    await Promise.all(Array.from({ length: 20 }, () => deliverFirst(webhookId)))
    expect(receiver.received).toHaveLength(1)
  })

  test('a worker that died before it queued the rest: its job is done again and goes on', async () => {
    const { id: webhookId } = await make('discord')
    await tell((await project.ask()).id, 2)
    await deliverFirst(webhookId)
    expect((await rowsOf(webhookId)).map((row) => row.status)).toEqual(['delivered', 'pending'])
    await serve(1000, 2)
    await until(() => isDone(webhookId))
    expect(receiver.received).toHaveLength(2)
  })

  test.each(webhookFormats)('%s is spaced exactly where it is one', async (format) => {
    const isPager = format === 'pagerduty'
    const input = { format, url: receiver.url, ...(isPager ? { routing_key: 'R'.repeat(32) } : {}) }
    const { id: webhookId } = await createWebhook(admin, input, rules)
    await tell((await project.ask()).id, 3)
    expect(await jobs()).toHaveLength(isChat(format) ? 1 : 3)
    for (const row of await rowsOf(webhookId))
      await deliverWebhook(deps(), { delivery_id: row.id, by_hand: false })
    expect(receiver.received).toHaveLength(isChat(format) ? 1 : 3)
  })
})

describe('Retry-After', () => {
  const later = (status: number, value: string) => ({ status, headers: { 'Retry-After': value } })
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toUTCString()
  const cases: [string, WebhookFormat, () => Parameters<Receiver['answer']>[0], number, number][] = [
    ['120 s with 429', 'standard', () => later(429, '120'), 120, 125],
    ['120 s with 503', 'slack', () => later(503, '120'), 120, 125],
    ['120 s with 500', 'standard', () => later(500, '120'), 120, 125],
    ['120 s with a redirect', 'standard', () => later(301, '120'), 120, 125],
    ['a date in two minutes', 'ntfy', () => later(429, inSeconds(120)), 114, 121],
    ['a day, bounded by an hour', 'standard', () => later(429, '86400'), 3600, 3605],
    ['1 s, where the schedule waits longer', 'standard', () => later(429, '1'), 5, 10],
    ['nothing readable', 'standard', () => later(429, 'soon'), 5, 10],
    [
      'what Discord says',
      'discord',
      () => ({ status: 429, headers: { 'X-RateLimit-Reset-After': '64.57' } }),
      64,
      69,
    ],
  ]
  test.each(cases)('of %s (%s) is heeded', async (_, format, answering, least, most) => {
    receiver.answer(answering())
    const { id: webhookId } = await make(format)
    await tell((await project.ask()).id)
    await deliverFirst(webhookId)
    const [delivery] = await shown(webhookId)
    expect(delivery).toMatchObject({ status: 'retrying', attempts: [{ at: expect.any(String) as string }] })
    const wait = (Date.parse(delivery!.next_attempt_at!) - Date.parse(delivery!.attempts[0]!.at)) / 1000
    expect(wait).toBeGreaterThanOrEqual(least)
    expect(wait).toBeLessThan(most)
  })

  test('holds all that goes to that webhook, later events and what is asked for by hand too, and no other', async () => {
    receiver.answer(later(429, '600'))
    const { id: webhookId } = await make('standard')
    const { id } = await project.ask()
    await tell(id, 3)
    await deliverFirst(webhookId)
    await tell(id, 2)
    receiver.answer(200)
    await serve(1000, 4)
    const other = await startReceiver()
    const free = await make('standard', other.url)
    await tell(id, 1)
    const test = await testWebhook(admin, { id: webhookId })
    await until(() => isDone(free.id))
    await until(async () =>
      (await shown(webhookId)).every((one) => Date.parse(one.next_attempt_at ?? '') > Date.now() + 500_000),
    )
    expect(receiver.received).toHaveLength(1)
    const items = await shown(webhookId)
    expect(items.map((one) => one.status).toSorted()).toEqual([
      ...Array<string>(6).fill('pending'),
      'retrying',
    ])
    expect(items.find((one) => one.id === test.id)).toMatchObject({ status: 'pending', type: 'webhook.test' })
    await other.close()
  })

  test('of the old place says nothing of a new one', async () => {
    receiver.answer(later(429, '600'))
    const { id: webhookId } = await make('slack')
    await tell((await project.ask()).id, 2)
    await deliverWebhook(deps(), { webhook_id: webhookId })
    await deliverWebhook(deps(), { webhook_id: webhookId })
    expect(receiver.received).toHaveLength(1)
    const moved = await startReceiver()
    await updateWebhook(admin, { id: webhookId, url: moved.url }, rules)
    await serve(1000, 2)
    await until(() => moved.received.length === 1)
    await moved.close()
  })

  test('of the old place does not hold what waits for a new one, which gets it at once and in order', async () => {
    receiver.answer(later(503, '3600'))
    const { id: webhookId } = await make('standard')
    await tell((await project.ask()).id, 4)
    await deliverFirst(webhookId)
    expect((await jobs()).map(({ wait }) => wait > 3500)).toEqual([true, true, true, true])
    const moved = await startReceiver()
    await updateWebhook(admin, { id: webhookId, url: moved.url }, rules)
    expect((await jobs()).map(({ wait }) => wait <= 0)).toEqual([true, true, true, true])
    await serve(1000, 2)
    await until(() => isDone(webhookId))
    expect(moved.received.map(({ headers }) => headers['webhook-id'])).toEqual(
      (await rowsOf(webhookId)).map(({ messageId }) => messageId),
    )
    await moved.close()
  })

  test.each(['a long pause', '410 Gone'])(
    'of the old place that comes after the move holds nothing: %s',
    async (what) => {
      const moved = await startReceiver()
      receiver.answer({ ...(what === '410 Gone' ? { status: 410 } : later(503, '3600')), afterMs: 500 })
      const { id: webhookId } = await make('standard')
      await tell((await project.ask()).id, 2)
      const delivering = deliverFirst(webhookId)
      await until(() => receiver.received.length === 1)
      await updateWebhook(admin, { id: webhookId, url: moved.url }, rules)
      await delivering
      expect((await shown(webhookId)).map(({ status }) => status)).toEqual(['delivered', 'delivered'])
      expect(moved.received).toHaveLength(2)
      await moved.close()
    },
  )

  test('is heeded with a new secret, which has what failed tried at once', async () => {
    const { id: webhookId } = await make('standard')
    await tell((await project.ask()).id)
    receiver.answer(401)
    await deliverFirst(webhookId)
    await rotateWebhook(admin, { id: webhookId })
    expect((await jobs())[0]?.wait).toBeLessThanOrEqual(0)
    receiver.answer(later(503, '3600'))
    await deliverFirst(webhookId)
    await rotateWebhook(admin, { id: webhookId })
    await deliverFirst(webhookId)
    expect((await jobs())[0]?.wait).toBeGreaterThan(3500)
    expect(receiver.received).toHaveLength(2)
  })
})

describe('what a delivery says', () => {
  test('an answer that is neither a success nor a redirect, by its status', async () => {
    const { id: webhookId } = await make('standard')
    await tell((await project.ask()).id)
    for (const status of [304, 302]) {
      receiver.answer(status)
      await deliverFirst(webhookId)
    }
    const attempts = (await shown(webhookId))[0]?.attempts
    expect(attempts?.map(({ error }) => error)).toEqual([
      'The receiver answered 304.',
      'Redirects are not followed.',
    ])
  })

  test.each(['standard', 'slack'] as const)(
    '%s: what it no longer names is not sent, unless by hand',
    async (format) => {
      const { id: webhookId } = await make(format)
      await tell((await project.ask()).id)
      await updateWebhook(admin, { id: webhookId, events: ['approval.approved'] }, rules)
      await serve(1000, 2)
      await until(async () => (await one(webhookId)).status === 'failed')
      const skipped = await one(webhookId)
      expect(skipped.attempts).toMatchObject([
        { status_code: null, error: 'Not sent: the webhook no longer names events of this type.' },
      ])
      expect(receiver.received).toEqual([])
      await redeliver(admin, { id: webhookId, delivery: skipped.id })
      await until(() => isDone(webhookId))
      expect(receiver.received).toHaveLength(1)
    },
  )

  const one = async (webhookId: string) => (await shown(webhookId))[0]!
  const isAbout = (text: string | null, seconds: number) =>
    expect(Math.abs(Date.parse(text ?? '') - Date.now() - seconds * 1000)).toBeLessThan(2000)

  test.each(['standard', 'discord'] as const)(
    '%s: pending, retrying with its next attempt, delivered',
    async (format) => {
      const { id: webhookId } = await make(format)
      await tell((await project.ask()).id)
      const waiting = await one(webhookId)
      expect(waiting).toMatchObject({ status: 'pending', attempts: [] })
      isAbout(waiting.next_attempt_at, 0)
      receiver.answer(500)
      await deliverFirst(webhookId)
      const failed = await one(webhookId)
      expect(failed).toMatchObject({ status: 'retrying', attempts: [{ status_code: 500 }] })
      const short = await readDeliveries(
        admin,
        webhookId,
        { limit: 1 },
        new Set(['status', 'next_attempt_at'] as const),
      )
      expect(short.items).toEqual([{ status: 'retrying', next_attempt_at: failed.next_attempt_at }])
      const [job] = (await jobs()).filter(({ key }) => key === `delivery:${failed.id}`)
      isAbout(failed.next_attempt_at, job!.wait)
      expect(job!.wait).toBeGreaterThan(4)
      receiver.answer(200)
      await db.update(webhooks).set({ quietUntil: null })
      await deliverFirst(webhookId)
      expect(await one(webhookId)).toMatchObject({ status: 'delivered', next_attempt_at: null })
    },
  )

  test('failed: given up, switched off, or gone; redelivered, it is due at once', async () => {
    const { id: webhookId } = await make('standard')
    await tell((await project.ask()).id)
    receiver.answer(500)
    await deliverFirst(webhookId)
    await updateWebhook(admin, { id: webhookId, enabled: false }, rules)
    expect(await one(webhookId)).toMatchObject({ status: 'failed', next_attempt_at: null })
    await updateWebhook(admin, { id: webhookId, enabled: true }, rules)
    const again = await redeliver(admin, { id: webhookId, delivery: (await one(webhookId)).id })
    expect(again).toMatchObject({ status: 'retrying' })
    isAbout(again.next_attempt_at, 0)
    receiver.answer(410)
    await deliverWebhook(deps(), { delivery_id: again.id, by_hand: true })
    expect(await one(webhookId)).toMatchObject({ status: 'failed', next_attempt_at: null })
  })

  test('a test that fails is failed, not retrying', async () => {
    const { id: webhookId } = await make('discord')
    const queued = await testWebhook(admin, { id: webhookId })
    expect(queued).toMatchObject({ status: 'pending', attempts: [] })
    isAbout(queued.next_attempt_at, 0)
    receiver.answer(500)
    await deliverWebhook(deps(), { delivery_id: queued.id, by_hand: true })
    expect(await one(webhookId)).toMatchObject({ status: 'failed', next_attempt_at: null })
  })

  test('put off because the target is held, the time is that of the job', async () => {
    const { id: webhookId } = await make('standard')
    await tell((await project.ask()).id, 3)
    receiver.answer('hang')
    await deliverWebhook(
      { ...deps(), world: { deadlineMs: 200 } },
      { delivery_id: (await rowsOf(webhookId))[0]!.id, by_hand: false },
    )
    const items = await shown(webhookId)
    expect(items.map((item) => item.status).toSorted()).toEqual(['pending', 'pending', 'retrying'])
    for (const item of items) isAbout(item.next_attempt_at, 5)
    await hurry(db)
    for (const item of await shown(webhookId)) isAbout(item.next_attempt_at, 0)
  })
})
