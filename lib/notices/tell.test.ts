import { and, eq, inArray, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Database } from '@/db/client'
import { approvalEvents, approvals } from '@/db/schema/approvals'
import { members, projects } from '@/db/schema/identity'
import { mailItems, notices } from '@/db/schema/notices'
import { cancelApproval } from '@/lib/approvals/cancel'
import { decideApproval } from '@/lib/approvals/decide'
import { dispatchEvents } from '@/lib/outbox/dispatch'
import { expireApprovals } from '@/lib/approvals/expire'
import { drainJobs } from '@/lib/jobs/serve'
import { jobTasks, type TaskList } from '@/lib/jobs/tasks'
import { startRun } from '@/lib/runs/start'
import { copyApproval } from '@/lib/testing/copy-approval'
import { withoutWebhooks } from '@/lib/testing/without-webhooks'
import { openTestDatabase } from '@/lib/testing/open-database'
import { remindAtShare } from '@/lib/testing/remind-at-share'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { retrySetAside } from '@/lib/work/set-aside'
import { readNotices } from './in-app'
import { setNoticePreferences } from './preferences'
import { takeSteps } from './take-steps'
import { tellEvents, type ToldEvent } from './tell'

let db: Database
let url: string
let close: () => Promise<void>
let test: TestProject
let queued: ToldEvent[]

beforeAll(async () => {
  ;({ db, url, close } = await openTestDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  await db.execute(sql`delete from graphile_worker._private_jobs`)
  test = await makeTestProject(db)
  queued = []
})

const mail = { resendApiKey: undefined, resendBaseUrl: undefined, emailFrom: 'Holdpoint <hold@example.com>' }
const queueDeliveries = async (_tx: unknown, events: ToldEvent[]) => void queued.push(...events)

/** Dispatches and does the jobs that are due, but for the mails themselves. */
async function tellAll(extra: TaskList = {}) {
  await dispatchEvents(db)
  const { tell_event } = jobTasks({
    db,
    mail,
    appUrl: 'http://localhost:3000',
    ...withoutWebhooks,
    queueDeliveries,
  })
  return drainJobs({ databaseUrl: url, tasks: { tell_event, ...extra } })
}

const noticesOf = (id: string) =>
  db
    .select({
      userId: notices.userId,
      kind: notices.kind,
      readAt: notices.readAt,
      clearedAt: notices.clearedAt,
    })
    .from(notices)
    .where(eq(notices.subjectId, id))
    .orderBy(notices.kind, notices.userId)

const itemsOf = (id: string) =>
  db
    .select({ userId: mailItems.userId, kind: mailItems.kind, mailId: mailItems.mailId })
    .from(mailItems)
    .where(eq(mailItems.approvalId, id))
    .orderBy(mailItems.kind, mailItems.userId)

const jobsOf = (key: string) =>
  db.execute<{ key: string; runAt: string }>(
    sql`select key, run_at as "runAt" from graphile_worker.jobs where key like ${key} order by run_at`,
  )

const everything = { email: true, in_app: true, agents: [], tools: [], muted_until: null }

describe('a request', () => {
  it('is told to those who may decide and have joined, to nobody else', async () => {
    const people = [await test.member('owner'), await test.member('admin'), await test.member('reviewer')]
    await test.member('viewer')
    const invited = await test.member('reviewer')
    await db.update(members).set({ joinedAt: null }).where(eq(members.userId, invited.actor.id))
    const other = await makeTestProject(db)
    await other.member('owner')
    const { id } = await test.ask()
    await tellAll()
    const told = people.map((one) => one.actor.id).sort()
    expect((await noticesOf(id)).map((one) => one.userId)).toEqual(told)
    expect((await itemsOf(id)).map((one) => one.userId)).toEqual(told)
    expect((await jobsOf('mail:%')).map((job) => job.key).sort()).toEqual(
      told.map((userId) => `mail:${test.project.id}:${userId}`),
    )
    expect(queued).toEqual([
      { id: expect.any(Number) as number, projectId: test.project.id, approvalId: id, type: 'requested' },
    ])
  })

  it('is not told to whoever the run names as its initiator, unless they may decide', async () => {
    const owner = await test.member('owner')
    await test.member('viewer')
    const run = await startRun(test.agent, {
      agent: 'tester',
      initiator: owner.actor.email.toUpperCase(),
      source: {},
    })
    const runId = (run as { run: { id: string } }).run.id
    const { id } = await test.ask({ run_id: runId })
    await tellAll()
    expect(await noticesOf(id)).toEqual([])
    await db.update(projects).set({ allowOwnRequest: true }).where(eq(projects.id, test.project.id))
    const second = await test.ask({ run_id: runId, tool_call_id: 'second' })
    await tellAll()
    expect((await noticesOf(second.id)).map((one) => one.userId)).toEqual([owner.actor.id])
  })

  it.each([
    ['no mail', { email: false }, { inApp: 1, mail: 0 }],
    ['no bell', { in_app: false }, { inApp: 0, mail: 1 }],
    ['neither', { email: false, in_app: false }, { inApp: 0, mail: 0 }],
    ['another agent', { agents: ['support-*'] }, { inApp: 0, mail: 0 }],
    ['this agent', { agents: ['support-*', 'test?r'] }, { inApp: 1, mail: 1 }],
    ['another tool', { agents: ['tester'], tools: ['order_*'] }, { inApp: 0, mail: 0 }],
    ['this tool', { tools: ['g[a-c]ted'] }, { inApp: 1, mail: 1 }],
    ['muted', { muted_until: new Date(Date.now() + 3_600_000).toISOString() }, { inApp: 0, mail: 0 }],
    ['muted once', { muted_until: new Date(Date.now() - 60_000).toISOString() }, { inApp: 1, mail: 1 }],
  ])('with preferences: %s; they never change who may decide', async (_name, change, expected) => {
    const reviewer = await test.member('reviewer')
    await setNoticePreferences(reviewer, { ...everything, ...change })
    const { id } = await test.ask()
    await tellAll()
    expect({ inApp: (await noticesOf(id)).length, mail: (await itemsOf(id)).length }).toEqual(expected)
    expect((await decideApproval(reviewer, { id, decision: 'approve' })).status).toBe('approved')
  })

  it('told twice is told once', async () => {
    await test.member('owner')
    const { id } = await test.ask()
    await tellAll()
    const [event] = await db.select().from(approvalEvents).where(eq(approvalEvents.approvalId, id))
    await tellEvents({ db }, [event?.id ?? 0], queueDeliveries)
    expect(await noticesOf(id)).toHaveLength(1)
    expect(await itemsOf(id)).toHaveLength(1)
  })

  it('leaves nothing where something in its transaction fails, and is told when that is over', async () => {
    await test.member('owner')
    const { id } = await test.ask()
    await dispatchEvents(db)
    const [event] = await db.select().from(approvalEvents).where(eq(approvalEvents.approvalId, id))
    const fail = async () => Promise.reject(new Error('on purpose'))
    await expect(tellEvents({ db }, [event?.id ?? 0], fail)).rejects.toThrow('on purpose')
    expect([...(await noticesOf(id)), ...(await itemsOf(id))]).toEqual([])
    await tellAll()
    expect(await noticesOf(id)).toHaveLength(1)
  })

  it('told after its decision writes nothing, but webhooks hear of it', async () => {
    const owner = await test.member('owner')
    const { id } = await test.ask()
    await decideApproval(owner, { id, decision: 'reject' })
    await tellAll()
    expect([...(await noticesOf(id)), ...(await itemsOf(id))]).toEqual([])
    expect(queued.map((event) => event.type).sort()).toEqual(['rejected', 'requested'])
  })

  it('does not wait for, nor hold up, a decision', async () => {
    const owner = await test.member('owner')
    const { id } = await test.ask()
    await dispatchEvents(db)
    const [event] = await db.select().from(approvalEvents).where(eq(approvalEvents.approvalId, id))
    await tellEvents({ db }, [event?.id ?? 0], async () => {
      // Everything is written and nothing committed at this point.
      await decideApproval(owner, { id, decision: 'approve' })
    })
    await tellAll()
    expect((await noticesOf(id)).every((one) => one.clearedAt !== null)).toBe(true)
  })
})

describe('several events at once', () => {
  const eventIds = async (ids: string[]) => {
    await dispatchEvents(db)
    const rows = await db.select().from(approvalEvents).where(eq(approvalEvents.projectId, test.project.id))
    return rows.filter((row) => ids.includes(row.approvalId)).map((row) => row.id)
  }

  it('of one project and another are told as each would be', async () => {
    const owner = await test.member('owner')
    const other = await makeTestProject(db)
    const stranger = await other.member('owner')
    const first = await test.ask()
    const second = await test.ask()
    const third = await other.ask()
    await decideApproval(owner, { id: second.id, decision: 'approve' })
    const theirs = await db.select().from(approvalEvents).where(eq(approvalEvents.approvalId, third.id))
    await tellEvents(
      { db },
      [...(await eventIds([first.id, second.id])), theirs[0]?.id ?? 0],
      queueDeliveries,
    )
    expect((await noticesOf(first.id)).map((one) => one.userId)).toEqual([owner.actor.id])
    expect(await noticesOf(second.id)).toEqual([])
    expect((await noticesOf(third.id)).map((one) => one.userId)).toEqual([stranger.actor.id])
    expect(queued).toHaveLength(4)
  })

  it('told together stand in the bell as they were asked for, newest first, on every page', async () => {
    const owner = await test.member('owner')
    const ids: string[] = []
    for (let i = 0; i < 12; i++) ids.push((await test.ask()).id)
    await tellEvents({ db }, (await eventIds(ids)).reverse(), queueDeliveries)
    const first = await readNotices(owner, { limit: 5 })
    const rest = await readNotices(owner, { limit: 50, cursor: first.next_cursor ?? '' })
    expect(new Set([...first.items, ...rest.items].map((notice) => notice.created_at)).size).toBe(1)
    expect([...first.items, ...rest.items].map((notice) => notice.approval?.id)).toEqual(ids.toReversed())
  })

  it('one that fails holds up no other: the others are told a half at a time, and it gets a job of its own', async () => {
    await test.member('owner')
    const other = await makeTestProject(db)
    await other.member('owner')
    const asked = []
    for (let i = 0; i < 8; i++) asked.push(await test.ask())
    const theirs = await other.ask()
    const bad = asked[5]?.id ?? ''
    const tried: number[] = []
    const failing = async (_tx: unknown, events: ToldEvent[]) => {
      tried.push(events.length)
      if (events.some((event) => event.approvalId === bad)) throw new Error('on purpose')
    }
    const ids = await eventIds(asked.map((one) => one.id))
    const [event] = await db.select().from(approvalEvents).where(eq(approvalEvents.approvalId, theirs.id))
    await db.execute(sql`delete from graphile_worker._private_jobs`)
    await tellEvents({ db }, [...ids, event?.id ?? 0], failing)
    expect(tried).toEqual([8, 4, 4, 2, 1, 1, 2, 1])
    for (const { id } of [...asked, theirs]) expect(await noticesOf(id)).toHaveLength(id === bad ? 0 : 1)
    const [badEvent] = await db.select().from(approvalEvents).where(eq(approvalEvents.approvalId, bad))
    const own = await db.execute<{ payload: object; queue: string; priority: number }>(sql`
      select p.payload, j.queue_name as queue, j.priority from graphile_worker.jobs j
        join graphile_worker._private_jobs p using (id) where j.task_identifier = 'tell_event'`)
    expect([...own]).toEqual([
      { payload: { event_ids: [badEvent?.id] }, queue: `tell:${test.project.id}`, priority: 1 },
    ])
    await expect(tellEvents({ db }, [badEvent?.id ?? 0], failing)).rejects.toThrow('on purpose')
  })

  it('are told in several statements where very many hear of them', async () => {
    for (let i = 0; i < 12; i++) await test.member('reviewer')
    const { id } = await test.ask()
    await copyApproval(db, id, 200)
    await tellAll()
    const [count] = await db.execute<{ notices: number; people: number; items: number }>(sql`
      select (select count(*) from notices where project_id = ${test.project.id})::int as notices,
        (select count(distinct user_id) from notices where project_id = ${test.project.id})::int as people,
        (select count(*) from mail_items where project_id = ${test.project.id})::int as items`)
    expect(count).toEqual({ notices: 201 * 12, people: 12, items: 201 * 12 })
    expect((await jobsOf(`mail:${test.project.id}:%`)).length).toBe(12)
  })
})

describe('the end of a request', () => {
  const ends: [string, (id: string) => Promise<unknown>][] = [
    ['decided', async (id) => decideApproval(await test.member('owner'), { id, decision: 'approve' })],
    ['cancelled', (id) => cancelApproval(test.agent, { id })],
    [
      'expired',
      async (id) => {
        await db
          .update(approvals)
          .set({ expiresAt: sql`clock_timestamp() - interval '1 millisecond'` })
          .where(eq(approvals.id, id))
        await expireApprovals(db)
      },
    ],
  ]
  it.each(ends)('%s: settles notices, drops what is to be mailed and the reminders', async (_name, end) => {
    await test.member('reviewer')
    const { id } = await test.ask()
    const { id: other } = await test.ask()
    await tellAll()
    await end(id)
    await tellAll()
    expect(await noticesOf(id)).toMatchObject([{ clearedAt: expect.any(Date) as Date }])
    expect(await itemsOf(id)).toMatchObject([{ mailId: '-' }])
    expect(await remindAtShare(db, id, 0.6)).toBe(0)
    expect(await noticesOf(id)).toHaveLength(1)
    expect(await noticesOf(other)).toMatchObject([{ clearedAt: null }])
    expect(await itemsOf(other)).toMatchObject([{ mailId: null }])
  })

  it('of hundreds at once is told without a failure', async () => {
    for (let i = 0; i < 4; i++) await test.member('reviewer')
    const { id } = await test.ask()
    await copyApproval(db, id, 300)
    await tellAll()
    const [before] = await db.execute<{ n: number }>(
      sql`select count(*)::int as n from notices where cleared_at is null`,
    )
    expect(before?.n).toBeGreaterThanOrEqual(1204)
    await db
      .update(approvals)
      .set({ expiresAt: sql`clock_timestamp() - interval '1 millisecond'` })
      .where(eq(approvals.projectId, test.project.id))
    await expireApprovals(db)
    expect(await tellAll()).toMatchObject({ failed: 0 })
    const left = await db
      .select({ id: notices.id })
      .from(notices)
      .where(and(eq(notices.projectId, test.project.id), sql`${notices.clearedAt} is null`))
    expect(left).toEqual([])
  }, 120_000)
})

describe('reminders', () => {
  it('are due half and nine tenths of the way to the deadline', async () => {
    await test.member('reviewer')
    const { id, requested_at, expires_at } = await test.ask()
    const next = async () =>
      (await db.select({ at: approvals.nextStepAt }).from(approvals).where(eq(approvals.id, id)))[0]?.at
    const from = Date.parse(requested_at)
    const span = Date.parse(expires_at) - from
    expect(((await next())?.getTime() ?? 0) - from).toBe(span * 0.5)
    expect(await takeSteps(db)).toBe(0)
    expect(await remindAtShare(db, id, 0.5)).toBe(1)
    const [row] = await db.select().from(approvals).where(eq(approvals.id, id))
    expect(row?.nextStepAt?.getTime()).toBe((row?.requestedAt.getTime() ?? 0) + span * 0.9)
    expect(await remindAtShare(db, id, 0.9)).toBe(1)
    expect(await next()).toBeNull()
    expect((await noticesOf(id)).map((one) => one.kind)).toEqual(['half_time', 'last_call'])
  })

  it('go on for everybody else where one cannot be told', async () => {
    const other = await makeTestProject(db)
    for (const one of [test, other]) await one.member('reviewer')
    const [bad, good, theirs] = [await test.ask(), await test.ask(), await other.ask()]
    await db.execute(
      sql.raw(`
      create function fault() returns trigger language plpgsql as $$ begin
        if new.subject_id = '${bad.id}' then raise 'on purpose'; end if; return new; end $$;
      create trigger fault before insert on notices for each row execute function fault()`),
    )
    const log = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    await db.execute(
      sql`update approvals set next_step_at = clock_timestamp() - interval '1 millisecond' where id = ${bad.id}`,
    )
    await db
      .update(approvals)
      .set({
        requestedAt: sql`requested_at - interval '31 minutes'`,
        expiresAt: sql`expires_at - interval '31 minutes'`,
      })
      .where(inArray(approvals.id, [bad.id, good.id, theirs.id]))
    await db.execute(
      sql`update approvals set next_step_at = clock_timestamp() - interval '1 millisecond' where status = 'pending' and next_step_at is not null`,
    )
    await takeSteps(db)
    log.mockRestore()
    await db.execute(sql`drop trigger fault on notices`)
    expect([await noticesOf(bad.id), await noticesOf(good.id), await noticesOf(theirs.id)]).toMatchObject([
      [],
      [{ kind: 'half_time' }],
      [{ kind: 'half_time' }],
    ])
    expect(await db.execute(sql`select kind, subject_id as id from set_aside`)).toEqual([
      { kind: 'reminder', id: bad.id },
    ])
    await retrySetAside(db)
    expect(await takeSteps(db)).toBe(1)
    expect(await noticesOf(bad.id)).toMatchObject([{ kind: 'half_time' }])
    expect(await db.execute(sql`select from set_aside`)).toEqual([])
  })

  it('come from several processes at once, and again after a crash, without writing anything twice', async () => {
    await test.member('reviewer')
    const { id } = await test.ask()
    await copyApproval(db, id, 450)
    const half = sql`clock_timestamp() - interval '31 minutes'`
    const again = () =>
      db
        .update(approvals)
        .set({ requestedAt: half, expiresAt: sql`${half} + interval '1 hour'`, nextStepAt: half })
        .where(eq(approvals.projectId, test.project.id))
    await again()
    await Promise.all([takeSteps(db), takeSteps(db), takeSteps(db)])
    await again()
    await takeSteps(db)
    const [count] = await db.execute<{ n: number }>(
      sql`select count(*)::int as n from notices where project_id = ${test.project.id} and kind = 'half_time'`,
    )
    expect(count?.n).toBe(451)
  })

  it('each come once, to those who want to hear, in the place of what was unread', async () => {
    const reviewer = await test.member('reviewer')
    const deaf = await test.member('reviewer')
    const { id } = await test.ask()
    await tellAll()
    await setNoticePreferences(deaf, { ...everything, email: false, in_app: false })
    await remindAtShare(db, id, 0.51)
    await takeSteps(db)
    const mine = (await noticesOf(id)).filter((one) => one.userId === reviewer.actor.id)
    expect(mine).toMatchObject([
      { kind: 'requested', readAt: expect.any(Date) as Date },
      { kind: 'half_time', readAt: null },
    ])
    expect((await itemsOf(id)).filter((one) => one.kind === 'half_time')).toMatchObject([
      { userId: reviewer.actor.id },
    ])
    await remindAtShare(db, id, 0.91)
    expect((await noticesOf(id)).filter((one) => one.kind === 'last_call')).toHaveLength(1)
  })

  it('do not come after a decision, after the deadline, or half a time late', async () => {
    const owner = await test.member('owner')
    const decided = await test.ask()
    await decideApproval(owner, { id: decided.id, decision: 'approve' })
    await remindAtShare(db, decided.id, 0.91)
    const due = await test.ask()
    await db
      .update(approvals)
      .set({ expiresAt: sql`clock_timestamp() - interval '1 millisecond'` })
      .where(eq(approvals.id, due.id))
    await takeSteps(db)
    expect([...(await noticesOf(decided.id)), ...(await noticesOf(due.id))]).toEqual([])
    const late = await test.ask()
    await remindAtShare(db, late.id, 0.95)
    expect(await noticesOf(late.id)).toMatchObject([{ kind: 'last_call' }])
  })
})
