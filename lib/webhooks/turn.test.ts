import { randomBytes } from 'node:crypto'
import { asc, eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { deliveries, webhooks } from '@/db/schema/notices'
import type { Context, MemberActor } from '@/lib/context'
import { openTestDatabase } from '@/lib/testing/open-database'
import type { TestProject } from '@/lib/testing/project'
import {
  type Receiver,
  rules,
  sealKey,
  startReceiving,
  stopReceiving,
  until,
} from '@/lib/testing/webhook-receiver'
import { Circuit } from './circuit'
import { createWebhook } from './create'
import { deliverWebhook } from './deliver'
import type { WebhookFormat } from './formats/names'
import { queueDeliveries } from './queue'
import { readDeliveries } from './read'
import { queueLostTurns } from './turn'

type Opened = Awaited<ReturnType<typeof openTestDatabase>>
let opened: Opened
let db: Opened['db']
let project: TestProject
let admin: Context<MemberActor>
let receiver: Receiver
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
  await stopReceiving(db, receiver)
})

const deps = (key = sealKey) => ({
  db,
  appUrl: 'http://localhost:3000',
  sealKey: key,
  ...rules,
  circuit: new Circuit(),
  chatPauseMs: 1,
})
const make = (format: WebhookFormat) => createWebhook(admin, { format, url: receiver.url }, rules)
/** Queues an event as `tell_event` does. */
async function tell(approvalId: string) {
  const event = { id: nextEvent++, projectId: project.project.id, approvalId, type: 'requested' as const }
  await db.transaction((tx) => queueDeliveries(tx, [event]))
}
const rowsOf = (webhookId: string) =>
  db.select().from(deliveries).where(eq(deliveries.webhookId, webhookId)).orderBy(asc(deliveries.eventId))
const statesOf = async (webhookId: string) => (await rowsOf(webhookId)).map((row) => row.status)
const shown = async (webhookId: string) => (await readDeliveries(admin, webhookId, { limit: 100 })).items
/** What a worker may take, now or later. */
const waiting = () =>
  db.execute<{ key: string; runAt: string }>(sql`
    select key, run_at::text as "runAt" from graphile_worker.jobs
    where locked_at is null and attempts < max_attempts order by key`)
const keys = async () => (await waiting()).map((job) => job.key)
const dropJobs = () => db.execute(sql`delete from graphile_worker._private_jobs`)

describe('a turn', () => {
  test('that a worker takes while an event is told of is followed by another', async () => {
    const { id: webhookId } = await make('slack')
    const { id } = await project.ask()
    await tell(id)
    let telling: Promise<void> | undefined
    await db.transaction(async (worker) => {
      await worker.execute(sql`
        update graphile_worker._private_jobs set locked_at = now(), locked_by = 'test', attempts = attempts + 1
        where key = ${`turn:${webhookId}`}`)
      telling = tell(id)
      await until(async () => {
        const blocked = await db.execute(sql`
          select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
            and query like '%graphile_worker.add_jobs%'`)
        return blocked.length > 0
      })
    })
    // The worker's job ends without the delivery that is not committed for it.
    await telling
    await db.execute(sql`delete from graphile_worker._private_jobs where locked_by = 'test'`)
    expect(await keys()).toEqual([`turn:${webhookId}`])
    for (let i = 0; i < 2; i++) {
      await db.update(webhooks).set({ quietUntil: null })
      await deliverWebhook(deps(), { webhook_id: webhookId })
    }
    expect(await statesOf(webhookId)).toEqual(['delivered', 'delivered'])
  })

  test.each([
    ['is gone', dropJobs],
    [
      'has used up its attempts',
      () => db.execute(sql`update graphile_worker._private_jobs set attempts = max_attempts`),
    ],
  ])('whose job %s gets another', async (_, lose) => {
    const { id: webhookId } = await make('discord')
    await tell((await project.ask()).id)
    await lose()
    expect(await keys()).toEqual([])
    expect(await queueLostTurns(db)).toBe(1)
    expect(await keys()).toEqual([`turn:${webhookId}`])
    const before = await waiting()
    expect(await queueLostTurns(db)).toBe(0)
    expect(await waiting()).toEqual(before)
  })

  test('is not for what was tried, is settled, is switched off or has jobs of its own', async () => {
    const [tried, sent, off] = [await make('slack'), await make('teams'), await make('discord')]
    await make('standard')
    await tell((await project.ask()).id)
    await deliverWebhook(deps(), { webhook_id: sent.id })
    receiver.answer(500)
    await deliverWebhook(deps(), { webhook_id: tried.id })
    await db.update(webhooks).set({ enabled: false }).where(eq(webhooks.id, off.id))
    expect(await statesOf(tried.id)).toEqual(['pending'])
    expect(await statesOf(sent.id)).toEqual(['delivered'])
    await dropJobs()
    expect(await queueLostTurns(db)).toBe(0)
    expect(await keys()).toEqual([])
  })
})

describe('what cannot be sent through its own fault', () => {
  let lines: object[] = []
  beforeEach(() => {
    lines = []
    const log = vi.spyOn(process.stderr, 'write').mockImplementation((line) => {
      lines.push(JSON.parse(String(line)) as object)
      return true
    })
    return () => log.mockRestore()
  })
  /** Does the jobs of two that wait, as a worker would: of `standard`, the first one's does both. */
  async function sendBoth(webhookId: string, format: WebhookFormat, key = sealKey) {
    const [first] = await rowsOf(webhookId)
    if (format === 'standard') return deliverWebhook(deps(key), { delivery_id: first!.id, by_hand: false })
    await deliverWebhook(deps(key), { webhook_id: webhookId })
    await db.update(webhooks).set({ quietUntil: null })
    await deliverWebhook(deps(key), { webhook_id: webhookId })
  }

  test.each(['slack', 'standard'] as const)(
    '%s: a body that cannot be made fails its delivery, and the next is sent',
    async (format) => {
      const { id: webhookId } = await make(format)
      const bad = await project.ask()
      await db.execute(sql`
        update tool_calls set params = '{"card": 4111'
        where (run_id, tool_call_id) in (select run_id, tool_call_id from approvals where id = ${bad.id})`)
      await tell(bad.id)
      await tell((await project.ask()).id)
      await sendBoth(webhookId, format)
      expect(await statesOf(webhookId)).toEqual(['failed', 'delivered'])
      expect(receiver.received).toHaveLength(1)
      const [first] = await rowsOf(webhookId)
      const failed = (await shown(webhookId)).find((one) => one.id === first!.id)
      expect(failed).toMatchObject({ status: 'failed', next_attempt_at: null })
      expect(failed!.attempts.map((one) => one.error)).toEqual(['Not sent: its body cannot be made.'])
      const ids = { id: first!.id, webhook: webhookId, project: project.project.id }
      expect(lines).toMatchObject([
        { level: 'error', where: 'deliver webhook', ...ids, error: 'SyntaxError' },
      ])
    },
  )

  test.each(['slack', 'standard'] as const)(
    '%s: secrets that cannot be opened are an attempt that failed, tried again by the schedule',
    async (format) => {
      const { id: webhookId } = await make(format)
      const { id } = await project.ask()
      await tell(id)
      await tell(id)
      await sendBoth(webhookId, format, randomBytes(32))
      const items = await shown(webhookId)
      expect(items.map((one) => one.status)).toEqual(['retrying', 'retrying'])
      expect(items.map((one) => one.attempts[0]?.error)).toEqual(
        Array<string>(2).fill('Not sent: it cannot be signed or addressed.'),
      )
      expect(lines).toHaveLength(2)
      expect(receiver.received).toEqual([])
    },
  )

  test('a database that is away is nobody’s fault', async () => {
    const { id: webhookId } = await make('slack')
    await tell((await project.ask()).id)
    const [row] = await rowsOf(webhookId)
    await db.execute(sql`alter table tool_calls rename to tool_calls_away`)
    try {
      await expect(deliverWebhook(deps(), { webhook_id: webhookId })).rejects.toThrow()
    } finally {
      await db.execute(sql`alter table tool_calls_away rename to tool_calls`)
    }
    expect(await rowsOf(webhookId)).toEqual([row])
    expect([(await shown(webhookId))[0]?.attempts, lines]).toEqual([[], []])
  })
})
