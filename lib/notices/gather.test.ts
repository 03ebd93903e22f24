import { and, eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { approvals } from '@/db/schema/approvals'
import { members } from '@/db/schema/identity'
import { mailItems, mails } from '@/db/schema/notices'
import { deployAgent } from '@/lib/agents/deploy'
import { commentVerb } from '@/lib/approvals/comment'
import type { Approval } from '@/lib/approvals/schemas'
import { decideApproval } from '@/lib/approvals/decide'
import { dispatchEvents } from '@/lib/outbox/dispatch'
import { serveJobs } from '@/lib/jobs/serve'
import { jobTasks } from '@/lib/jobs/tasks'
import { doJobs, jobDeps, passMinute } from '@/lib/testing/due-jobs'
import { copyApproval } from '@/lib/testing/copy-approval'
import { openTestDatabase } from '@/lib/testing/open-database'
import { remindAtShare } from '@/lib/testing/remind-at-share'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startResend, type FakeResend } from '@/lib/testing/resend'
import { sendMail } from './email'
import { gatherMail } from './gather'
import { setNoticePreferences } from './preferences'
import { dropStaleMail } from './stale-mail'
import { queueWebhookDisabledMail } from './webhook-disabled'

let db: Database
let url: string
let close: () => Promise<void>
let resend: FakeResend
let test: TestProject
let owner: Awaited<ReturnType<TestProject['member']>>

beforeAll(async () => {
  ;({ db, url, close } = await openTestDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  resend = await startResend()
  await db.execute(sql`delete from graphile_worker._private_jobs`)
  test = await makeTestProject(db)
  owner = await test.member('owner')
})
afterEach(() => resend.close())

const deps = () => jobDeps(db, resend)
const work = (without?: string[]) => doJobs(url, deps(), without)

const mailedTo = (address: string) => resend.mails.filter((mail) => mail.to[0] === address)
const linksOf = (html: string) => [...html.matchAll(/href="([^"]+)"/g)].map(([, link]) => link ?? '')
const itemsOf = ({ id }: Approval) => db.select().from(mailItems).where(eq(mailItems.approvalId, id))
const everything = { email: true, in_app: true, agents: [], tools: [], muted_until: null }

describe('mails about approvals', () => {
  it('the first leaves at once, one a person, to one address', async () => {
    const reviewer = await test.member('reviewer')
    const approval = await test.ask()
    await work()
    expect(resend.mails.map((mail) => mail.to).sort()).toEqual(
      [[owner.actor.email], [reviewer.actor.email]].sort(),
    )
    expect(new Set(resend.requests.map((request) => request.key)).size).toBe(2)
    const [mail] = resend.mails
    expect(mail?.subject).toBe('Approval needed: gated (tester)')
    expect(linksOf(mail?.html ?? '')).toEqual([
      `https://hold.example.com/${test.project.slug}/approvals?approval=${approval.id}`,
    ])
  })

  it('says what is not to be overlooked, in mails and chats, and nothing where there is nothing', async () => {
    await test.ask({ params: { to: 'acme', amount: 1 } })
    await work()
    expect(resend.mails[0]?.text).not.toContain('To note')
    await passMinute(db)
    await test.ask({ params: { to: 'ac\u202eme', note: 'pre-approved' } })
    await work()
    const notes = resend.mails[1]?.text.match(/^To note: .*$/gm)
    expect(notes).toEqual([
      'To note: to holds characters that cannot be seen',
      'To note: note speaks of an approval: nothing of it is on record here',
    ])
    expect(resend.mails[1]?.html).toContain('to holds characters that cannot be seen')
  })

  it('more within the minute become one mail when it is over, in order, one link each', async () => {
    const first = await test.ask()
    await work()
    const more = [await test.ask(), await test.ask(), await test.ask()]
    await work()
    expect(resend.mails).toHaveLength(1)
    await passMinute(db)
    await work()
    expect(resend.mails).toHaveLength(2)
    const second = resend.mails[1]
    expect(second?.subject).toBe(`3 approvals needed in ${test.project.name}`)
    expect(linksOf(second?.html ?? '').map((link) => link.split('approval=')[1])).toEqual(
      more.map(({ id }) => id),
    )
    expect(second?.text).not.toContain(first.id)
    await passMinute(db)
    await work()
    expect(resend.mails).toHaveLength(2)
  })

  it('the job that waits is due exactly a minute after the mail', async () => {
    await test.ask()
    await work()
    await test.ask()
    await work()
    const [mail] = await db.select().from(mails).where(eq(mails.recipient, owner.actor.email))
    const [job] = await db.execute<{ runAt: string }>(
      sql`select run_at as "runAt" from graphile_worker.jobs where key = ${`mail:${test.project.id}:${owner.actor.id}`}`,
    )
    expect(Date.parse(job?.runAt ?? '') - (mail?.createdAt.getTime() ?? 0)).toBe(60_000)
  })

  it('two who gather at once write one mail', async () => {
    await test.ask()
    await work(['mail_items'])
    const done = await Promise.all(
      Array.from({ length: 8 }, () => gatherMail(deps(), test.project.id, owner.actor.id)),
    )
    expect(done.filter((one) => one === 'queued')).toHaveLength(1)
    expect(await db.select().from(mails).where(eq(mails.recipient, owner.actor.email))).toHaveLength(1)
  })

  it('what was decided meanwhile is left out; where nothing is left, nothing is sent', async () => {
    await test.ask()
    await work()
    const decided = await test.ask()
    const open = await test.ask()
    await work()
    await decideApproval(owner, { id: decided.id, decision: 'approve' })
    await passMinute(db)
    await work()
    expect(resend.mails[1]?.text).toContain(open.id)
    expect(resend.mails[1]?.text).not.toContain(decided.id)
    const last = await test.ask()
    await work()
    await db
      .update(approvals)
      .set({ expiresAt: sql`clock_timestamp() - interval '1 millisecond'` })
      .where(eq(approvals.id, last.id))
    await passMinute(db)
    await work()
    expect(resend.mails).toHaveLength(2)
    expect(await itemsOf(last)).toMatchObject([{ mailId: '-' }])
  })

  it.each<[string, () => Promise<unknown>]>([
    ['was removed', () => db.delete(members).where(mine())],
    ['may not decide any more', () => db.update(members).set({ role: 'viewer' }).where(mine())],
    ['was muted', () => setNoticePreferences(owner, { ...everything, muted_until: '2999-01-01T00:00:00Z' })],
    ['wants no mail any more', () => setNoticePreferences(owner, { ...everything, email: false })],
    [
      'does not care for the tool any more',
      () => setNoticePreferences(owner, { ...everything, tools: ['other'] }),
    ],
  ])('nothing is sent to somebody who %s', async (_name, change) => {
    const approval = await test.ask()
    await work(['mail_items'])
    await change()
    await work()
    expect(resend.requests).toEqual([])
    expect(await itemsOf(approval)).toMatchObject([{ mailId: '-' }])
  })

  it('what is said to somebody is mailed each time, asked or not; what they voted on is no request any more', async () => {
    const config = `approval: { tools: [{ gated: { reviewers: { from: "role:admin", approvals: 2 } } }] }`
    await deployAgent(test.agent, { name: 'tester', config })
    const [ann, admin] = [await test.member('reviewer'), await test.member('admin')]
    const { id } = await test.ask()
    await decideApproval(admin, { id, decision: 'approve' })
    for (const body of ['First.', 'Second.']) {
      await commentVerb(owner, { id, body, mention: [ann.actor.id] })
      await passMinute(db)
      await work()
    }
    const titles = (who: typeof owner) =>
      mailedTo(who.actor.email).flatMap(({ text }) => /You were mentioned|A call .*/.exec(text)?.[0] ?? [])
    expect([ann, admin, owner].map(titles)).toEqual([
      ['You were mentioned', 'You were mentioned'],
      ['A call was commented on', 'A call was commented on'],
      ['A call waits for your decision'],
    ])
  })

  it('reminders are mailed as such', async () => {
    const { id } = await test.ask()
    await work()
    await passMinute(db)
    await remindAtShare(db, id, 0.51)
    await work()
    expect(resend.mails[1]?.subject).toBe('Reminder: Approval needed: gated (tester)')
    await passMinute(db)
    await remindAtShare(db, id, 0.91)
    await work()
    expect(resend.mails[2]?.subject).toBe('Last reminder: Approval needed: gated (tester)')
    expect(resend.mails[2]?.text).toContain('Last reminder: nine tenths')
  })

  it('five thousand at once are one more mail of bounded size that counts the rest', async () => {
    const { id } = await test.ask()
    await work()
    await copyApproval(db, id, 5000)
    await db.execute(sql`delete from approval_events where seq is null`)
    await db.execute(sql`
      insert into mail_items (project_id, user_id, approval_id, kind)
      select project_id, ${owner.actor.id}, id, 'requested' from approvals where project_id = ${test.project.id}
        and id <> ${id}`)
    await passMinute(db)
    expect(await gatherMail(deps(), test.project.id, owner.actor.id)).toBe('queued')
    await work()
    const mail = resend.mails[1]
    expect(mail?.subject).toBe(`5000 approvals needed in ${test.project.name}`)
    expect(mail?.text).toContain('4900 more wait')
    expect(linksOf(mail?.html ?? '')).toHaveLength(101)
    expect(mail?.html.length).toBeLessThan(400_000)
  })
})

describe('sending', () => {
  it('a 500 and a lost answer come to exactly one mail, of the same content', async () => {
    const approval = await test.ask()
    resend.next.push('500', 'lost')
    await work()
    await retryAll()
    await work()
    // Something else happens meanwhile; the mail stays what it was.
    const other = await test.ask()
    await retryAll()
    await work()
    expect(resend.requests).toHaveLength(3)
    expect(new Set(resend.requests.map(({ key, body }) => key + JSON.stringify(body))).size).toBe(1)
    expect(resend.mails).toHaveLength(1)
    expect(resend.mails[0]?.text).toContain(approval.id)
    expect(resend.mails[0]?.text).not.toContain(other.id)
    const [row] = await db.select().from(mails).where(eq(mails.recipient, owner.actor.email))
    expect(row?.sentAt).not.toBeNull()
  })

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['was decided', (id) => decideApproval(owner, { id, decision: 'approve' })],
    ['has lost its reader', () => db.delete(members).where(mine())],
  ])('a mail that failed is not tried again once its approval %s', async (_name, change) => {
    const { id } = await test.ask()
    resend.next.push('500')
    await work()
    await change(id)
    await retryAll()
    await work()
    expect(resend.requests).toHaveLength(1)
    expect(await db.select().from(mails).where(eq(mails.recipient, owner.actor.email))).toEqual([])
  })

  it('a mail of which one approval is still open is sent as it was written', async () => {
    await test.ask()
    await work()
    const decided = await test.ask()
    const open = await test.ask()
    // Told while the minute of the first mail runs, so that both wait for the same one.
    await work()
    await passMinute(db)
    resend.next.push('500')
    await work()
    await decideApproval(owner, { id: decided.id, decision: 'approve' })
    await retryAll()
    await work()
    expect(resend.mails[1]?.text).toContain(open.id)
    expect(resend.mails[1]?.text).toContain(decided.id)
  })

  it('a mail that was sent is not dropped, and mails of other kinds never are', async () => {
    const { id } = await test.ask()
    await work()
    await decideApproval(owner, { id, decision: 'approve' })
    const [row] = await db.select().from(mails).where(eq(mails.recipient, owner.actor.email))
    expect(await dropStaleMail(db, row?.id ?? '')).toBe(false)
    expect(await sendMail(deps(), row?.id ?? '')).toBe('sent')
    expect(resend.requests).toHaveLength(1)
  })

  it('killed between the commit and the job: told once when somebody serves again', async () => {
    const { id } = await test.ask()
    await dispatchEvents(db)
    // The worker took the job and died: its row is held by nobody.
    await db.execute(sql`
      update graphile_worker._private_jobs set locked_by = 'pool-gone', locked_at = now() - interval '3 minutes', attempts = 1`)
    const serving = await serveJobs({ databaseUrl: url, tasks: jobTasks(deps()) })
    while (resend.mails.length === 0) await new Promise((resolve) => setTimeout(resolve, 25))
    await serving.stop()
    await work()
    expect(resend.requests).toHaveLength(1)
    expect(resend.mails[0]?.text).toContain(id)
  })
})

describe('a disabled webhook', () => {
  it('is told to admins who want mail, once', async () => {
    const admin = await test.member('admin')
    await test.member('reviewer')
    const deaf = await test.member('admin')
    await setNoticePreferences(deaf, { ...everything, email: false })
    const disabled = {
      projectId: test.project.id,
      webhookId: 'whk_1',
      name: 'Ops\nBcc: x@evil.com',
      reason: 'It answered 410.',
    }
    await db.transaction((tx) => queueWebhookDisabledMail(tx, disabled))
    await work()
    expect(resend.mails.map((mail) => mail.to[0]).sort()).toEqual(
      [admin.actor.email, owner.actor.email].sort(),
    )
    expect(resend.mails[0]?.subject).not.toMatch(/[\r\n]/)
    expect(linksOf(resend.mails[0]?.html ?? '')).toEqual([
      `https://hold.example.com/${test.project.slug}/settings/webhooks`,
    ])
    expect(mailedTo(deaf.actor.email)).toEqual([])
  })
})

const mine = () => and(eq(members.projectId, test.project.id), eq(members.userId, owner.actor.id))

/** Has every failed job tried again now. */
async function retryAll() {
  await db.execute(sql`update graphile_worker._private_jobs set run_at = now() where attempts > 0`)
}
