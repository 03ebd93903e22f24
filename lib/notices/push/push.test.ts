import { and, eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { members, sessions } from '@/db/schema/identity'
import { mails, pushSubscriptions } from '@/db/schema/notices'
import { deployAgent } from '@/lib/agents/deploy'
import { decideApproval } from '@/lib/approvals/decide'
import type { Context, MemberActor } from '@/lib/context'
import { changeRole } from '@/lib/members/change-role'
import { removeMember } from '@/lib/members/remove'
import { doJobs, jobDeps, passMinute } from '@/lib/testing/due-jobs'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, signedIn, type TestProject } from '@/lib/testing/project'
import { startPushService, type PushService } from '@/lib/testing/push-receiver'
import { remindAtShare } from '@/lib/testing/remind-at-share'
import { setNoticePreferences, setQuietHours } from '../preferences'
import { weekdays } from '../quiet-hours'
import { readPushKey, subscribePush, unsubscribePush } from './subscribe'

type Member = Context<MemberActor>

let db: Database
let url: string
let close: () => Promise<void>
let service: PushService
let test: TestProject
let owner: Member, ann: Member

const sealKey = Buffer.alloc(32, 9)
const rules = { outboundAllow: ['127.0.0.0/8'] }

beforeAll(async () => {
  ;({ db, url, close } = await openTestDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  service = await startPushService()
  await db.execute(sql`delete from graphile_worker._private_jobs`)
  test = await makeTestProject(db)
  owner = await test.member('owner')
  ann = { ...(await signedIn(await test.member('reviewer'))), sealKey }
})
afterEach(() => service.close())

const subscription = () => ({ endpoint: service.endpoint, ...service.keys })
const subscribe = (who = ann) => subscribePush(who, subscription(), rules)
const kept = () => db.select().from(pushSubscriptions).where(eq(pushSubscriptions.endpoint, service.endpoint))

/** Does what is due; an answer is waited for half a second. */
const work = () =>
  doJobs(url, { ...jobDeps(db), webhooks: { sealKey, ...rules, now: Date.now, world: { deadlineMs: 500 } } })
const passMinuteOfPush = async () => {
  await db.execute(sql`update push_subscriptions set told_at = told_at - interval '61 seconds'`)
  await passMinute(db)
}
const told = () => service.got.map(({ told: { title, body, path } }) => [title, body, path])

describe('a push', () => {
  it('says no more than the subject of a mail, and leads to the request', async () => {
    await subscribe()
    const { id } = await test.ask({ params: { iban: 'CH93 0076 2011 6238 5295 7' } })
    await work()
    const { name, slug } = test.project
    expect(told()).toEqual([['Approval needed', `gated (tester) in ${name}`, `/${slug}/approvals/${id}`]])
    expect(JSON.stringify(service.got)).not.toContain('CH93')
    const headers = service.got[0]?.headers ?? {}
    expect(headers).toMatchObject({ 'content-encoding': 'aes128gcm', urgency: 'high' })
    expect(Number(headers.ttl)).toBeGreaterThan(3500)
    expect(Number(headers.ttl)).toBeLessThanOrEqual(3600)
    expect(headers.topic).toMatch(/^[\w-]{32}$/)
    expect(headers.authorization).toContain(`k=${(await readPushKey(ann)).key}`)
  })

  it('tells of several at once, then of a reminder', async () => {
    await subscribe()
    await test.ask()
    const { id } = await test.ask()
    await work()
    await passMinuteOfPush()
    await remindAtShare(db, id, 0.91)
    await work()
    expect(told().map(([title, body]) => [title, body])).toEqual([
      ['2 approvals needed', `In ${test.project.name}`],
      ['Last reminder: Approval needed', `gated (tester) in ${test.project.name}`],
    ])
  })

  it('comes also to who wants no mail, once a minute at most', async () => {
    await subscribe()
    await setNoticePreferences(ann, { email: false, in_app: true, agents: [], tools: [], muted_until: null })
    await test.ask()
    await work()
    await test.ask()
    await work()
    expect(service.got).toHaveLength(1)
    await passMinuteOfPush()
    await work()
    expect(service.got).toHaveLength(2)
    expect(await db.select().from(mails).where(eq(mails.recipient, ann.actor.email))).toEqual([])
  })

  it('says names as text of one line, whatever they hold', async () => {
    await db.execute(sql`update projects set name = ${'Ops\u202e\nApproved'} where id = ${test.project.id}`)
    await subscribe()
    await test.ask()
    await work()
    const [[title, body] = []] = told()
    expect(title).toBe('Approval needed')
    expect(body).toMatch(/^gated \(tester\) in Ops[^\n\u202e]*Approved$/u)
  })

  it('waits in quiet hours, but for what cannot', async () => {
    await subscribe()
    const hour = (offset: number) => new Date(Date.now() + offset * 3_600_000).toISOString().slice(11, 16)
    const periods = [{ days: [...weekdays], from: hour(-1), to: hour(2) }]
    await setQuietHours(ann, { zone: 'UTC', periods })
    await test.ask()
    await work()
    expect(service.got).toHaveLength(1)
    await passMinuteOfPush()
    await deployAgent(test.agent, {
      name: 'tester',
      config: 'approval: { timeout: 86400, tools: [gated] }',
    })
    await test.ask()
    await work()
    expect(service.got).toHaveLength(1)
    await setQuietHours(ann, { zone: 'UTC', periods: [] })
    await work()
    expect(service.got).toHaveLength(2)
  })
})

describe('nothing is pushed', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['to who is muted', () => mute()],
    [
      'to whom the policy does not ask',
      () =>
        deployAgent(test.agent, {
          name: 'tester',
          config: `approval: { tools: [{ gated: { reviewers: "${owner.actor.email}" } }] }`,
        }),
    ],
    ['to who lost the membership', () => removeMember(owner, { id: ann.actor.id })],
    ['to who may only look now', () => changeRole(owner, { id: ann.actor.id, role: 'viewer' })],
    ['to a browser that was signed out', () => db.delete(sessions).where(eq(sessions.userId, ann.actor.id))],
    ['to a browser whose session has ended', () => endSession()],
    ['to a browser that was switched off', () => unsubscribePush(ann, { endpoint: service.endpoint })],
  ])('%s', async (_name, change) => {
    await subscribe()
    await change()
    await test.ask()
    await work()
    expect(service.got).toEqual([])
  })

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['was decided', (id) => decideApproval(owner, { id, decision: 'approve' })],
    ['has lost its reader', () => db.update(members).set({ role: 'viewer' }).where(mine())],
    ['is told to nobody who is signed in', () => endSession()],
  ])('again, once the request %s', async (_name, change) => {
    await subscribe()
    service.next.push(500)
    const { id } = await test.ask()
    await work()
    expect(service.got).toHaveLength(1)
    await change(id)
    await retry()
    expect(service.got).toHaveLength(1)
  })

  const mute = () =>
    setNoticePreferences(ann, {
      email: true,
      in_app: true,
      agents: [],
      tools: [],
      muted_until: '2999-01-01T00:00:00Z',
    })
  const endSession = () =>
    db
      .update(sessions)
      .set({ expires: sql`clock_timestamp()` })
      .where(eq(sessions.userId, ann.actor.id))
  const mine = () => and(eq(members.projectId, test.project.id), eq(members.userId, ann.actor.id))
})

/** Has what failed tried again now. */
async function retry() {
  await db.execute(sql`update graphile_worker._private_jobs set run_at = now() where attempts > 0`)
  await work()
}
const waiting = async () => {
  const rows = await db.execute<{ attempts: number; max: number; seconds: number }>(sql`
    select attempts, max_attempts as max, extract(epoch from run_at - now())::int as seconds
    from graphile_worker.jobs where task_identifier = 'send_push'`)
  return [...rows]
}

describe('the push service answers', () => {
  it.each([404, 410])('%i: the browser is forgotten, in all projects', async (status) => {
    const other = await makeTestProject(db)
    await other.member('reviewer', ann.actor.email)
    await subscribe()
    expect(await kept()).toHaveLength(2)
    service.next.push(status)
    await test.ask()
    await work()
    expect(await kept()).toEqual([])
    expect(await waiting()).toEqual([])
  })

  it.each<[string, PushService['next'][number]]>([
    ['500', 500],
    ['nothing', 'hang'],
    ['429', 429],
  ])('%s: the same is sent again', async (_name, how) => {
    await subscribe()
    service.next.push(how)
    await test.ask()
    await work()
    expect(await waiting()).toMatchObject([{ attempts: 1, max: 8 }])
    await retry()
    expect(service.got).toHaveLength(2)
    expect(service.got[1]?.told).toEqual(service.got[0]?.told)
    expect(await waiting()).toEqual([])
  })

  it('429 with Retry-After: not before that', async () => {
    await subscribe()
    service.next.push({ status: 429, headers: { 'Retry-After': '120' } })
    await test.ask()
    await expect.poll(async () => (await work(), await waiting())).toMatchObject([{ attempts: 1 }])
    await expect.poll(async () => (await waiting())[0]?.seconds).toBeGreaterThan(110)
  })

  it('403: it is given up, and nothing is left behind', async () => {
    await subscribe()
    service.next.push(403)
    await test.ask()
    await work()
    expect(service.got).toHaveLength(1)
    expect(await waiting()).toEqual([])
    expect(await kept()).toHaveLength(1)
  })

  it('500 to the last try: it is given up, and nothing is left behind', async () => {
    await subscribe()
    service.next.push(500, 500)
    await test.ask()
    await work()
    await db.execute(sql`
      update graphile_worker._private_jobs set attempts = max_attempts - 1 where attempts > 0`)
    await retry()
    expect(service.got).toHaveLength(2)
    expect(await waiting()).toEqual([])
  })
})

describe('a browser', () => {
  it('is kept once a project, goes to whoever is signed in there, and with them', async () => {
    await Promise.all(Array.from({ length: 20 }, () => subscribe()))
    expect(await kept()).toMatchObject([{ userId: ann.actor.id, projectId: test.project.id }])
    const ben = await signedIn(await test.member('reviewer'))
    await subscribe(ben)
    expect(await kept()).toMatchObject([{ userId: ben.actor.id, sessionToken: ben.actor.sessionToken }])
    await unsubscribePush(ann, { endpoint: service.endpoint })
    expect(await kept()).toHaveLength(1)
    await db.delete(sessions).where(eq(sessions.userId, ben.actor.id))
    expect(await kept()).toEqual([])
  })

  it.each<[string, Partial<ReturnType<typeof subscription>>, readonly string[], string]>([
    ['an address within', {}, [], '/endpoint'],
    ['no address', { endpoint: 'push' }, [], '/endpoint'],
    ['a file', { endpoint: 'file:///etc/passwd' }, rules.outboundAllow, '/endpoint'],
  ])('is refused with %s', async (_name, change, outboundAllow, pointer) => {
    await expect(
      subscribePush(ann, { ...subscription(), ...change }, { outboundAllow }),
    ).rejects.toMatchObject({
      code: 'invalid_input',
      errors: [{ pointer }],
    })
    expect(await kept()).toEqual([])
  })

  it('is refused to keys, to tokens, to who has left, and beyond twenty', async () => {
    const token = await test.member('reviewer')
    for (const who of [test.agent, token] as Context[])
      await expect(subscribePush(who, subscription(), rules)).rejects.toMatchObject({ code: 'forbidden' })
    for (let i = 0; i < 20; i++)
      await subscribePush(ann, { ...subscription(), endpoint: `https://push.example.com/${i}` }, rules)
    await expect(subscribe()).rejects.toMatchObject({ code: 'conflict' })
    await subscribePush(ann, { ...subscription(), endpoint: 'https://push.example.com/7' }, rules)
    await removeMember(owner, { id: ann.actor.id })
    await expect(subscribe()).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(
      await db.select().from(pushSubscriptions).where(eq(pushSubscriptions.userId, ann.actor.id)),
    ).toEqual([])
  })
})
