import { and, eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { deliveries, deliveryAttempts, webhooks } from '@/db/schema/notices'
import type { Context, MemberActor } from '@/lib/context'
import { serveJobs } from '@/lib/jobs/serve'
import { jobTasks } from '@/lib/jobs/tasks'
import { auditOf, withoutAudit } from '@/lib/testing/person'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { Circuit } from './circuit'
import { createWebhook } from './create'
import { deleteWebhook } from './delete'
import { deliverWebhook } from './deliver'
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
import { queueDeliveries } from './queue'
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
  for (const stop of stops) await stop()
  stops = []
  await stopReceiving(db, receiver)
})

const deps = () => ({ db, appUrl: 'http://localhost:3000', sealKey, ...rules, circuit: new Circuit() })
const make = (more: object = {}) =>
  createWebhook(admin, { format: 'standard', url: receiver.url, ...more }, rules)

async function serve(concurrency = 4, circuit = new Circuit()) {
  const mail = { resendApiKey: undefined, resendBaseUrl: undefined, emailFrom: 'x@example.com' }
  const tasks = jobTasks({ ...deps(), mail, queueDeliveries, webhooks: { ...deps(), circuit } })
  const serving = await serveJobs({ databaseUrl: opened.url, tasks, concurrency })
  stops.push(() => serving.stop())
}
/** Queues an event as `tell_event` does. */
async function tell(approvalId: string, type: 'requested' | 'approved' = 'requested', id = nextEvent++) {
  await db.transaction((tx) => queueDeliveries(tx, [{ id, projectId: project.project.id, approvalId, type }]))
}
const rowsOf = (webhookId: string) => db.select().from(deliveries).where(eq(deliveries.webhookId, webhookId))
const jobs = async () =>
  db.execute<{ key: string; queue_name: string; wait: number }>(sql`
    select key, queue_name, extract(epoch from run_at - clock_timestamp())::float as wait
    from graphile_worker.jobs where task_identifier = 'deliver_webhook' order by id`)
async function attemptNow(webhookId: string, more: object = {}) {
  const [row] = await rowsOf(webhookId)
  await deliverWebhook({ ...deps(), ...more }, { delivery_id: row!.id, by_hand: false })
}

describe('verbs', () => {
  test('without their audit entry nothing happens', async () => {
    const { id } = await make()
    const before = await db.select().from(webhooks).where(eq(webhooks.id, id))
    await withoutAudit(db, async () => {
      await expect(make()).rejects.toThrow(/audit_entries/)
      await expect(updateWebhook(admin, { id, name: 'Other', enabled: false }, rules)).rejects.toThrow(
        /audit_entries/,
      )
      await expect(rotateWebhook(admin, { id })).rejects.toThrow(/audit_entries/)
      await expect(deleteWebhook(admin, { id })).rejects.toThrow(/audit_entries/)
    })
    expect(await db.select().from(webhooks)).toEqual(before)
  })

  test('a member who lost the role is refused in the transaction', async () => {
    const { id } = await make()
    await db.execute(sql`update members set role = 'viewer' where user_id = ${admin.actor.id}`)
    const acts = [
      () => make(),
      () => updateWebhook(admin, { id, name: 'x' }, rules),
      () => rotateWebhook(admin, { id }),
      () => testWebhook(admin, { id }),
      () => deleteWebhook(admin, { id }),
    ]
    for (const act of acts) await expect(act()).rejects.toMatchObject({ code: 'forbidden' })
  })

  test('twenty rotations at once leave one secret and the one before it', async () => {
    const { id } = await make()
    const made = await Promise.all(Array.from({ length: 20 }, () => rotateWebhook(admin, { id })))
    expect(new Set(made.map((one) => one.secret)).size).toBe(20)
    expect(await auditOf(db, project.project.id, 'webhook.rotated')).toHaveLength(20)
  })

  test('fifty webhooks and no more', async () => {
    for (let i = 0; i < 50; i++) await make({ name: `Hook ${i}` })
    await expect(make()).rejects.toMatchObject({ code: 'conflict' })
  })
})

describe('queueDeliveries', () => {
  test('one delivery and job for each webhook of the project that wants it; again makes nothing twice', async () => {
    const [one, two] = [await make(), await make({ events: ['approval.requested'] })]
    await make({ enabled: false })
    await make({ events: ['approval.expired'] })
    const stranger = await makeTestProject(db)
    const other: Context<MemberActor> = { ...(await stranger.member('admin')), sealKey }
    await createWebhook(other, { format: 'standard', url: receiver.url }, rules)
    const { id } = await project.ask()
    for (let i = 0; i < 3; i++) await tell(id, 'requested', 70_001)
    const rows = await db.select().from(deliveries)
    expect(rows.map((row) => row.webhookId).toSorted()).toEqual([one.id, two.id].toSorted())
    expect(rows[0]).toMatchObject({
      type: 'approval.requested',
      approvalId: id,
      status: 'pending',
      body: null,
      eventId: 70_001,
    })
    expect((await jobs()).map((job) => job.key).toSorted()).toEqual(
      rows.map((row) => `delivery:${row.id}`).toSorted(),
    )
  })

  test('a rollback leaves neither delivery nor job', async () => {
    await make()
    const { id } = await project.ask()
    const undone = db.transaction(async (tx) => {
      await queueDeliveries(tx, [
        { id: 70_002, projectId: project.project.id, approvalId: id, type: 'requested' },
      ])
      throw new Error('rolled back')
    })
    await expect(undone).rejects.toThrow('rolled back')
    expect(await db.select().from(deliveries)).toEqual([])
    expect(await jobs()).toHaveLength(0)
  })
})

describe('deliverWebhook', () => {
  test('queued before anybody served: delivered once, with the id that was committed', async () => {
    const { id } = await make()
    await tell((await project.ask()).id)
    const [row] = await rowsOf(id)
    await serve()
    await until(async () => (await rowsOf(id))[0]?.status === 'delivered')
    await hurry(db)
    expect(receiver.received.map((got) => got.headers['webhook-id'])).toEqual([row!.messageId])
  })

  test('a worker that died between the send and its record: sent again with the same id and body', async () => {
    const { id } = await make()
    await tell((await project.ask()).id)
    const broken = {
      ...deps(),
      circuit: new (class extends Circuit {
        override succeeded(): void {
          throw new Error('killed')
        }
      })(),
    }
    const [row] = await rowsOf(id)
    await expect(deliverWebhook(broken, { delivery_id: row!.id, by_hand: false })).rejects.toThrow('killed')
    expect((await rowsOf(id))[0]).toMatchObject({ status: 'pending', body: receiver.received[0]!.body })
    await attemptNow(id)
    expect(receiver.received).toHaveLength(2)
    expect(receiver.received[1]?.body).toBe(receiver.received[0]?.body)
    expect(receiver.received[1]?.headers['webhook-id']).toBe(receiver.received[0]?.headers['webhook-id'])
    expect((await rowsOf(id))[0]).toMatchObject({ status: 'delivered' })
    await attemptNow(id)
    expect(receiver.received).toHaveLength(2)
  })

  test('gives up after the tenth failure; a redelivery is one more attempt', async () => {
    const { id } = await make()
    await tell((await project.ask()).id)
    await db.execute(sql`delete from graphile_worker._private_jobs`)
    receiver.answer(500)
    const [row] = await rowsOf(id)
    const waits: number[] = []
    for (let tries = 0; tries < 10; tries++) {
      expect((await rowsOf(id))[0]?.status).toBe('pending')
      await deliverWebhook(deps(), { delivery_id: row!.id, by_hand: false })
      waits.push((await jobs())[0]?.wait ?? 0)
      await db.execute(sql`delete from graphile_worker._private_jobs`)
    }
    expect(waits.map((wait) => Math.floor(Math.log10(wait + 1)))).toEqual([0, 2, 3, 3, 4, 4, 4, 4, 4, 0])
    expect((await rowsOf(id))[0]?.status).toBe('failed')
    await redeliver(admin, { id, delivery: row!.id })
    expect((await rowsOf(id))[0]?.status).toBe('pending')
    expect(await jobs()).toMatchObject([{ queue_name: `webhook:${id}:by-hand` }])
    receiver.answer(200)
    await deliverWebhook(deps(), { delivery_id: row!.id, by_hand: true })
    expect((await rowsOf(id))[0]?.status).toBe('delivered')
    expect(receiver.received).toHaveLength(11)
  })

  test('one job does all that is due of its webhook, in order, each once', async () => {
    const { id } = await make()
    const { id: approvalId } = await project.ask()
    for (let i = 0; i < 60; i++) await tell(approvalId)
    await serve(3)
    await until(async () => (await rowsOf(id)).every((row) => row.status === 'delivered'))
    const sent = receiver.received.map((got) => got.headers['webhook-id'])
    expect(sent).toEqual(
      (await rowsOf(id)).toSorted((a, b) => a.eventId! - b.eventId!).map((row) => row.messageId),
    )
    await until(async () => (await jobs()).length === 0)
  })

  test('five days of nothing but failures disable it; a success in between begins anew', async () => {
    const { id } = await make()
    await tell((await project.ask()).id)
    receiver.answer(500)
    await attemptNow(id)
    const failing = async () => (await db.select().from(webhooks).where(eq(webhooks.id, id)))[0]
    expect((await failing())?.failingSince).toBeInstanceOf(Date)
    receiver.answer(200)
    await attemptNow(id)
    expect(await failing()).toMatchObject({ failingSince: null, enabled: true })
    await tell((await project.ask({ tool_call_id: 'b' })).id)
    receiver.answer(500)
    await db
      .update(webhooks)
      .set({ failingSince: sql`now() - interval '4 days 23 hours'` })
      .where(eq(webhooks.id, id))
    const pending = (
      await db
        .select()
        .from(deliveries)
        .where(and(eq(deliveries.webhookId, id), eq(deliveries.status, 'pending')))
    )[0]!
    await deliverWebhook(deps(), { delivery_id: pending.id, by_hand: false })
    expect(await failing()).toMatchObject({ enabled: true })
    await db
      .update(webhooks)
      .set({ failingSince: sql`now() - interval '5 days 1 minute'` })
      .where(eq(webhooks.id, id))
    await deliverWebhook(deps(), { delivery_id: pending.id, by_hand: false })
    expect(await failing()).toMatchObject({
      enabled: false,
      disabledReason: 'For 5 days nothing could be delivered. The last attempt: The receiver answered 500.',
    })
    expect((await rowsOf(id)).map((row) => row.status)).not.toContain('pending')
    expect(await auditOf(db, project.project.id, 'webhook.disabled')).toHaveLength(1)
    expect(await jobs()).toHaveLength(0)
  })

  test('switched off, what waits is given up and not sent', async () => {
    const { id } = await make()
    await tell((await project.ask()).id)
    await updateWebhook(admin, { id, enabled: false }, rules)
    expect((await rowsOf(id))[0]).toMatchObject({ status: 'failed' })
    expect(await jobs()).toHaveLength(0)
    expect(receiver.received).toEqual([])
  })

  test('deleted with its deliveries and jobs; a job that is left does nothing', async () => {
    const { id } = await make()
    await tell((await project.ask()).id)
    const [row] = await rowsOf(id)
    await deleteWebhook(admin, { id })
    expect(await jobs()).toHaveLength(0)
    await deliverWebhook(deps(), { delivery_id: row!.id, by_hand: false })
    expect(receiver.received).toEqual([])
  })

  test('a PagerDuty trigger is not tried again once the request is over', async () => {
    const { id } = await make({ format: 'pagerduty', routing_key: 'R'.repeat(32) })
    const approval = await project.ask()
    await tell(approval.id)
    receiver.answer(500)
    await attemptNow(id)
    await db.execute(
      sql`update approvals set status = 'cancelled', resolved_at = now() where id = ${approval.id}`,
    )
    receiver.answer(200)
    await attemptNow(id)
    expect(receiver.received).toHaveLength(1)
    expect((await rowsOf(id))[0]).toMatchObject({ status: 'failed' })
  })
})

describe('a target that does not answer', () => {
  test('takes one worker at most and is put off, beside one that works', async () => {
    const dead = await startReceiver()
    dead.answer('hang')
    const [bad, good] = [
      await make({ url: dead.url, events: ['approval.approved'] }),
      await make({ events: ['approval.requested'] }),
    ]
    const { id: approvalId } = await project.ask()
    for (let i = 0; i < 200; i++) await tell(approvalId, 'approved')
    await serve(2)
    await until(() => dead.received.length > 0)
    for (let i = 0; i < 10; i++) await tell(approvalId)
    await until(() => receiver.received.length === 10)
    // The first of the 200 is still under way.
    expect(dead.received).toHaveLength(1)
    expect(
      await db
        .select()
        .from(deliveryAttempts)
        .innerJoin(deliveries, eq(deliveries.id, deliveryAttempts.deliveryId))
        .where(eq(deliveries.webhookId, bad.id)),
    ).toEqual([])
    expect((await rowsOf(good.id)).filter((row) => row.status !== 'delivered').length).toBeLessThanOrEqual(1)
    expect((await rowsOf(bad.id)).every((row) => row.status === 'pending')).toBe(true)
    await dead.close()
    await until(async () => (await jobs()).filter((job) => job.wait > 1).length >= 199)
  })

  test('hanging until the deadline puts off all that waits for it, in one statement, but for what is asked for by hand', async () => {
    const { id } = await make()
    const { id: approvalId } = await project.ask()
    for (let i = 0; i < 50; i++) await tell(approvalId)
    receiver.answer('hang')
    const byHand = await testWebhook(admin, { id })
    await attemptNow(id, { world: { deadlineMs: 200 } })
    const waiting = await jobs()
    const held = waiting.filter((job) => job.queue_name === `webhook:${id}`)
    expect(held).toHaveLength(50)
    expect(Math.min(...held.map((job) => job.wait))).toBeGreaterThan(3.5)
    expect(waiting.find((job) => job.key === `delivery:${byHand.id}`)?.wait).toBeLessThan(0)
  })
})
