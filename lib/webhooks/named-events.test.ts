import { randomBytes } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { projects } from '@/db/schema/identity'
import { deliveries } from '@/db/schema/notices'
import { deployAgent } from '@/lib/agents/deploy'
import { askApproval } from '@/lib/approvals/ask'
import { decideApproval, decideOnce } from '@/lib/approvals/decide'
import type { AskedApproval } from '@/lib/approvals/schemas'
import type { Context, MemberActor } from '@/lib/context'
import { dispatchEvents } from '@/lib/outbox/dispatch'
import { takeSteps } from '@/lib/notices/take-steps'
import { tellEvents } from '@/lib/notices/tell'
import { pauseAgent, pauseProject, resumeAgent } from '@/lib/pause/pause'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, signedIn, type TestProject } from '@/lib/testing/project'
import { startReceiver, type Receiver } from '@/lib/testing/webhook-receiver'
import { createWebhook } from './create'
import { deliverWebhook } from './deliver'
import type { AnyEvent, WebhookFormat } from './formats/names'
import { queueDeliveries } from './queue'
import { CreateWebhookInput } from './schemas'
import { updateWebhook } from './update'

const rules = { appUrl: 'http://localhost:3000', outboundAllow: ['127.0.0.0/8'], now: Date.now }
const sealKey = randomBytes(32)
let db: Database
let close: () => Promise<void>
let test: TestProject
let admin: Context<MemberActor>
let receiver: Receiver

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  test = await makeTestProject(db)
  admin = { ...(await test.member('admin')), sealKey }
  receiver = await startReceiver()
})
afterEach(() => receiver.close())

const make = (events?: AnyEvent[], format: WebhookFormat = 'standard') =>
  createWebhook(admin, { format, url: receiver.url, ...(events && { events }) }, rules)

/** Does all that a worker would, and says what arrived. */
async function deliverAll(): Promise<Record<string, unknown>[]> {
  await dispatchEvents(db)
  const events = await db.execute<{ id: string }>(
    sql`select id::text as id from approval_events where project_id = ${test.project.id} order by id`,
  )
  await tellEvents(
    { db },
    events.map(({ id }) => Number(id)),
    queueDeliveries,
  )
  const rows = await db.select().from(deliveries).where(eq(deliveries.projectId, test.project.id))
  for (const { id } of rows.filter(({ status }) => status === 'pending'))
    await deliverWebhook({ db, ...rules, sealKey }, { delivery_id: id, by_hand: false })
  return receiver.received.map(({ json }) => json)
}

async function edited(): Promise<void> {
  const config = 'approval: {tools: [{pay: {edit: [amount], reviewers: {from: role:admin, approvals: 2}}}]}'
  await deployAgent(admin, { name: 'payer', config })
  const params = { amount: 2400 }
  const asked = await askApproval(test.agent, {
    agent: 'payer',
    tool: 'pay',
    params,
    source: { params: JSON.stringify(params) },
  })
  const { id, digest } = asked.answer as AskedApproval
  await decideOnce(admin, { id, decision: 'approve', params: { amount: 1200 }, digest })
}

it('sends an edit to who names it, signed, and to nobody else', async () => {
  await make()
  const { id, secret } = await make(['approval.edited'])
  await edited()
  const sent = (await deliverAll()).filter(({ type }) => type !== 'approval.requested')
  expect(sent).toEqual([
    expect.objectContaining({
      type: 'approval.edited',
      data: expect.objectContaining({
        status: 'pending',
        params: { amount: 1200 },
        edited: expect.objectContaining({
          changes: [{ pointer: '/amount', from: 2400, to: 1200 }],
        }) as unknown,
      }) as unknown,
    }),
  ])
  const got = receiver.received.find(({ json }) => json.type === 'approval.edited')
  expect(() => new Webhook(secret).verify(got?.body ?? '', got?.headers ?? {})).not.toThrow()
  expect(id).toBeTruthy()
})

it('sends an escalation once it is due', async () => {
  await make()
  await make(['approval.escalated'])
  const config =
    'approval: {tools: [{pay: {reviewers: {from: role:owner}, escalate: [{after: 600, to: role:admin}]}}]}'
  await deployAgent(admin, { name: 'payer', config })
  const asked = await askApproval(test.agent, {
    agent: 'payer',
    tool: 'pay',
    params: {},
    source: { params: '{}' },
  })
  const { id } = asked.answer as AskedApproval
  await db.execute(sql`
    update approvals set requested_at = requested_at - interval '11 minutes', next_step_at = clock_timestamp() - interval '1 millisecond'
    where id = ${id}`)
  await takeSteps(db)
  const sent = (await deliverAll()).filter(({ type }) => type !== 'approval.requested')
  expect(sent).toMatchObject([{ type: 'approval.escalated', data: { id, status: 'pending' } }])
})

it('sends a break-glass beside the approval that it is', async () => {
  await make(['approval.approved', 'approval.overridden'])
  await db.update(projects).set({ breakGlass: true }).where(eq(projects.id, test.project.id))
  const { id } = await test.ask()
  const reason = 'The shop is down and nobody answers.'
  await decideApproval(await signedIn(admin), { id, decision: 'approve', override: { reason } })
  const sent = await deliverAll()
  expect(sent.map(({ type }) => type).sort()).toEqual(['approval.approved', 'approval.overridden'])
  expect(sent.find(({ type }) => type === 'approval.overridden')).toMatchObject({
    data: { id, decision: { override: { reason } } },
  })
})

it('sends pauses of an agent and of the project, once each', async () => {
  await make()
  await make(['agent.paused', 'agent.resumed'])
  await pauseAgent(admin, { name: 'tester', reason: 'Sends nonsense.' })
  await pauseAgent(admin, { name: 'tester', reason: 'Again.' })
  await resumeAgent(admin, { name: 'tester', reason: 'Mended.' })
  await pauseProject(admin, { reason: 'All of it.' })
  const by = admin.actor.label
  const data = (agent: string | null, reason: string) => ({ project_id: test.project.id, agent, by, reason })
  const sent = (await deliverAll()).map(({ type, data: told }) => ({ type, data: told }))
  expect(sent).toHaveLength(3)
  expect(sent).toEqual(
    expect.arrayContaining([
      { type: 'agent.paused', data: data('tester', 'Sends nonsense.') },
      { type: 'agent.resumed', data: data('tester', 'Mended.') },
      { type: 'agent.paused', data: data(null, 'All of it.') },
    ]),
  )
})

it.each(['slack', 'teams', 'discord', 'google_chat'] as const)('says a pause in %s', async (format) => {
  await make(['agent.paused'], format)
  await pauseAgent(admin, { name: 'tester', reason: 'Sends *nonsense*.' })
  await deliverAll()
  expect(receiver.received.map(({ body }) => body)).toEqual([
    expect.stringContaining('paused tester: nothing of it is released.'),
  ])
})

it('has no pause where its webhooks cannot be told', async () => {
  await make(['agent.paused'])
  await db.execute(
    sql`alter table deliveries add constraint no_pauses check (type <> 'agent.paused') not valid`,
  )
  await expect(pauseAgent(admin, { name: 'tester', reason: 'Stop.' })).rejects.toThrow()
  await db.execute(sql`alter table deliveries drop constraint no_pauses`)
  const [paused] = await db.execute<{ at: string | null }>(
    sql`select paused_at as at from agents where project_id = ${test.project.id} and name = 'tester'`,
  )
  expect(paused?.at).toBeNull()
})

it('gives PagerDuty only what opens an incident or ends it', async () => {
  const given = { format: 'pagerduty' as const, routing_key: 'R'.repeat(32) }
  const said = CreateWebhookInput.safeParse({ ...given, events: ['agent.paused'] })
  expect(said.error?.issues).toMatchObject([
    { path: ['events'], message: expect.stringContaining('opens an incident') as string },
  ])
  const { id } = await createWebhook(admin, given, rules)
  await expect(updateWebhook(admin, { id, events: ['approval.edited'] }, rules)).rejects.toThrow(
    /opens an incident or ends it/,
  )
})
