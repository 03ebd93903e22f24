import { and, eq, sql } from 'drizzle-orm'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { countOpen, listHeads } from '@/db/queries/metrics'
import { auditHeads } from '@/db/schema/audit'
import { deliveries } from '@/db/schema/notices'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startReceiver } from '@/lib/testing/webhook-receiver'
import { prometheusText } from '@/lib/process/metrics'
import { createWebhook } from '@/lib/webhooks/create'
import { deliverWebhook } from '@/lib/webhooks/deliver'
import { updateWebhook } from '@/lib/webhooks/update'
import { publishHeads, type PublishedHead } from './publish-heads'
import { sealAudit } from './seal'
import { verifyAudit } from './verify'

let db: Database
let close: () => Promise<void>
let test: TestProject

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
beforeEach(async () => {
  test = await makeTestProject(db)
  await sealAudit(db)
})
afterAll(() => close())

/** What is told of this test's project. */
async function publish(): Promise<PublishedHead[]> {
  const told: PublishedHead[] = []
  await publishHeads(db, (head) => told.push(head))
  return told.filter(({ projectId }) => projectId === test.project.id)
}

const letAnHourPass = () =>
  db
    .update(auditHeads)
    .set({ publishedAt: sql`published_at - interval '61 minutes'` })
    .where(eq(auditHeads.projectId, test.project.id))

async function grow(): Promise<void> {
  await test.key(['read'])
  await sealAudit(db)
}

const rules = { appUrl: 'http://localhost:3000', outboundAllow: ['127.0.0.0/8'] }

async function webhookFor(events: ('approval.requested' | 'audit.head')[], url = 'http://127.0.0.1:1/') {
  const admin = { ...(await test.member('admin')), sealKey: Buffer.alloc(32) }
  const made = await createWebhook(admin, { format: 'standard', url, events }, rules)
  await sealAudit(db)
  return { admin, ...made }
}

describe('the head of a log', () => {
  it('is told once an hour, and only where the log has grown', async () => {
    const [head, ...others] = await publish()
    expect(others).toEqual([])
    const { head: hash, checked } = await verifyAudit(db, test.project.id)
    expect(head).toMatchObject({ project: test.project.slug, seq: checked, hash })
    await grow()
    expect(await publish()).toEqual([])
    await letAnHourPass()
    const [next] = await publish()
    expect(next?.seq).toBe(checked + 1)
    await letAnHourPass()
    expect(await publish()).toEqual([])
    await grow()
    expect(await publish()).toMatchObject([{ seq: checked + 2 }])
  })

  it('is told by one of many processes', async () => {
    const told = await Promise.all(Array.from({ length: 10 }, publish))
    expect(told.flat()).toHaveLength(1)
  })

  it('is in the metrics with its hash', async () => {
    const [head] = await publish()
    const text = await prometheusText({ ...(await countOpen(db)), waits: 0 }, new Map(), await listHeads(db))
    expect(text.split('\n')).toContain(
      `holdpoint_audit_head{project="${test.project.slug}",hash="${head?.hash}"} ${head?.seq}`,
    )
  })

  it('goes to webhooks that name it, and to no other', async () => {
    const { id } = await webhookFor(['audit.head'])
    await webhookFor(['approval.requested'])
    const [head] = await publish()
    const queued = await db
      .select()
      .from(deliveries)
      .where(and(eq(deliveries.projectId, test.project.id), eq(deliveries.type, 'audit.head')))
    expect(queued).toMatchObject([{ webhookId: id, status: 'pending', approvalId: null }])
    expect(JSON.parse(queued[0]?.body ?? '')).toEqual({
      type: 'audit.head',
      timestamp: head?.publishedAt,
      data: { project_id: test.project.id, seq: head?.seq, hash: head?.hash, at: head?.at },
    })
    const jobs = await db.execute(
      sql`select 1 from graphile_worker.jobs where key like ${`%${queued[0]?.id}`} and task_identifier = 'deliver_webhook'`,
    )
    expect(jobs).toHaveLength(1)
  })

  it('arrives signed', async () => {
    const receiver = await startReceiver()
    const { secret, admin } = await webhookFor(['audit.head'], receiver.url)
    const [head] = await publish()
    const [queued] = await db.select().from(deliveries).where(eq(deliveries.projectId, test.project.id))
    await deliverWebhook(
      {
        db,
        appUrl: rules.appUrl,
        sealKey: admin.sealKey,
        outboundAllow: rules.outboundAllow,
        now: () => Date.now(),
      },
      { delivery_id: queued?.id ?? '', by_hand: false },
    )
    await receiver.close()
    const [got] = receiver.received
    expect(new Webhook(secret).verify(got?.body ?? '', got?.headers ?? {})).toMatchObject({
      type: 'audit.head',
      data: { seq: head?.seq, hash: head?.hash },
    })
  })

  it('is for the format standard alone, and for nobody by default', async () => {
    const { admin, id } = await webhookFor(['approval.requested'])
    const plain = await createWebhook(admin, { format: 'standard', url: 'http://127.0.0.1:1/' }, rules)
    expect(plain.events).not.toContain('audit.head')
    expect((await updateWebhook(admin, { id, events: ['audit.head'] }, rules)).events).toEqual(['audit.head'])
    const chat = { format: 'slack' as const, url: 'http://127.0.0.1:1/' }
    const slack = await createWebhook(admin, chat, rules)
    await expect(updateWebhook(admin, { id: slack.id, events: ['audit.head'] }, rules)).rejects.toMatchObject(
      {
        code: 'invalid_input',
        errors: [{ pointer: '/events' }],
      },
    )
  })
})
