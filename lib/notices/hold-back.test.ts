import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { users } from '@/db/schema/identity'
import { runs } from '@/db/schema/runs'
import { setAbsence } from '@/lib/absences/set'
import { deployAgent } from '@/lib/agents/deploy'
import { decideApproval } from '@/lib/approvals/decide'
import { createGroup } from '@/lib/groups/create'
import { addGroupMember } from '@/lib/groups/members'
import { changeRole } from '@/lib/members/change-role'
import { removeMember } from '@/lib/members/remove'
import { doJobs, jobDeps, passMinute } from '@/lib/testing/due-jobs'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startResend, type FakeResend } from '@/lib/testing/resend'
import { readNotices } from './in-app'
import { readOwnQuietHours, setNoticePreferences, setQuietHours } from './preferences'
import { weekdays } from './quiet-hours'
import { takeSteps } from './take-steps'

type Member = Awaited<ReturnType<TestProject['member']>>

let db: Database
let url: string
let close: () => Promise<void>
let resend: FakeResend
let test: TestProject
let owner: Member, ann: Member, ben: Member

beforeAll(async () => {
  ;({ db, url, close } = await openTestDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  resend = await startResend()
  await db.execute(sql`delete from graphile_worker._private_jobs`)
  test = await makeTestProject(db)
  owner = await test.member('owner')
  ann = await test.member('reviewer')
  await deploy()
})
afterEach(() => resend.close())

const hourMs = 3_600_000
/** Each request waits a day, if nothing else is said. */
const deploy = (more = '', hours = 24) =>
  deployAgent(test.agent, {
    name: 'tester',
    config: `approval: { timeout: ${hours * 3600}, tools: [{ gated: { ${more} } }] }`,
  })

/** Does what is due, as the scheduler's call does where no process lives. */
const work = () => doJobs(url, jobDeps(db, resend))

const timeIn = (hours: number) => new Date(Date.now() + hours * hourMs).toISOString().slice(11, 16)
/** By UTC; they began an hour ago. */
const quiet = (who: Member, hoursLeft = 2) =>
  setQuietHours(who, {
    zone: 'UTC',
    periods: [{ days: [...weekdays], from: timeIn(-1), to: timeIn(hoursLeft) }],
  })
/** The clock goes on, without a word from the person. */
async function passQuiet(who: Member) {
  await db.update(users).set({ quietHours: null }).where(eq(users.id, who.actor.id))
  await db.execute(sql`
    update graphile_worker._private_jobs set run_at = now() where key = ${`held_mail:${test.project.id}:${who.actor.id}`}`)
}
/** Of mails about requests; those about the gate itself are never held back. */
const subjects = (who: Member) =>
  resend.mails
    .filter(({ to, subject }) => to[0] === who.actor.email && subject.includes('needed'))
    .map(({ subject }) => subject)
const one = 'Approval needed: gated (tester)'

describe('in quiet hours', () => {
  it('mails wait for their end and are then one, of what is still open; the bell does not wait', async () => {
    await quiet(ann)
    await test.ask()
    const decided = await test.ask()
    await work()
    expect([subjects(owner), subjects(ann)]).toEqual([[`2 approvals needed in ${test.project.name}`], []])
    expect((await readNotices(ann, { limit: 20 })).unread).toBe(2)
    await passMinute(db)
    await test.ask()
    await work()
    await decideApproval(owner, { id: decided.id, decision: 'approve' })
    await passMinute(db)
    await work()
    expect(subjects(ann)).toEqual([])
    await passQuiet(ann)
    await work()
    expect(subjects(ann)).toEqual([`2 approvals needed in ${test.project.name}`])
  })

  it('what is held back is due as they end, by the last that was said of them', async () => {
    const due = async () => {
      const rows = await db.execute<{ at: string }>(
        sql`select run_at as at from graphile_worker.jobs where key like 'held_mail:%'`,
      )
      return rows.map(({ at }) => new Date(at).toISOString().slice(11, 16))
    }
    const [early, late] = [timeIn(2), timeIn(5)]
    await quiet(ann, 5)
    await test.ask()
    await work()
    expect(await due()).toEqual([late])
    await quiet(ann, 2)
    await work()
    expect(await due()).toEqual([early])
    expect(subjects(ann)).toEqual([])
  })

  it('who ends them is told at once of what was held back', async () => {
    await quiet(ann)
    await test.ask()
    await work()
    await setQuietHours(ann, { zone: 'UTC', periods: [] })
    await work()
    expect(subjects(ann)).toEqual([one])
    expect(await readOwnQuietHours(ann)).toBeNull()
  })

  it.each<[string, number, string[]]>([
    ['would expire in them', 1, [one]],
    ['would expire within half an hour after', 2.4, [one]],
    ['has more time', 2.6, []],
  ])('of a request that %s', async (_name, hours, told) => {
    await deploy('', hours)
    await quiet(ann)
    await test.ask()
    await work()
    expect(subjects(ann)).toEqual(told)
  })

  it('what may not wait does not wait for what may', async () => {
    await quiet(ann)
    await test.ask()
    await work()
    await deploy('', 1)
    await test.ask()
    await work()
    expect(subjects(ann)).toEqual([one])
    await passMinute(db)
    await passQuiet(ann)
    await work()
    expect(subjects(ann)).toEqual([one, one])
  })
})

describe('where nobody else could decide', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['is in quiet hours too', () => quiet(owner)],
    ['is muted', () => prefer({ muted_until: '2999-01-01T00:00:00Z' })],
    ['wants no mail', () => prefer({ email: false })],
    ['does not care for the tool', () => prefer({ tools: ['other'] })],
    ['is away', () => away(owner)],
    [
      'may only look',
      async () => {
        await test.member('owner').then(quiet)
        await changeRole(owner, { id: owner.actor.id, role: 'viewer' })
      },
    ],
    [
      'made the request',
      async () => {
        const { run_id } = await test.ask()
        await db.update(runs).set({ initiator: owner.actor.email }).where(eq(runs.id, run_id))
      },
    ],
  ])('a person is told, since the only other one %s', async (_name, change) => {
    await quiet(ann)
    await change()
    await test.ask()
    await work()
    const told = subjects(ann)
    expect(told).toHaveLength(1)
  })

  const prefer = (what: Partial<Parameters<typeof setNoticePreferences>[1]>) =>
    setNoticePreferences(owner, {
      email: true,
      in_app: true,
      agents: [],
      tools: [],
      muted_until: null,
      ...what,
    })

  it('a quorum counts: held back as long as enough others hear of it', async () => {
    const group = await finance(3)
    await deploy('reviewers: { from: finance, approvals: 2 }')
    const [first, second, third] = group as [Member, Member, Member]
    await quiet(first)
    await test.ask()
    await work()
    expect(group.map((who) => subjects(who).length)).toEqual([0, 1, 1])
    await quiet(second)
    await passMinute(db)
    await test.ask()
    await work()
    expect(group.map((who) => subjects(who).length)).toEqual([1, 2, 2])
    expect(subjects(third)).toHaveLength(2)
  })

  it('who sits in for somebody away counts as them, as long as they hear of it', async () => {
    ben = await test.member('reviewer')
    await deploy(`reviewers: ["${owner.actor.email}", "${ann.actor.email}"]`)
    await away(owner, ben)
    await quiet(ann)
    await test.ask()
    await work()
    expect([subjects(ann), subjects(ben)]).toEqual([[], [one]])
    await quiet(ben)
    await passMinute(db)
    await test.ask()
    await work()
    expect([subjects(ann), subjects(ben)]).toEqual([
      [`2 approvals needed in ${test.project.name}`],
      [one, one],
    ])
  })

  it('what was held back is told once the others have left', async () => {
    await quiet(ann)
    ben = await test.member('owner')
    await quiet(ben)
    await test.ask()
    await work()
    expect([subjects(ann), subjects(ben)]).toEqual([[], []])
    await removeMember(ben, { id: owner.actor.id })
    await work()
    expect([subjects(ann), subjects(ben)]).toEqual([[one], [one]])
  })

  it('what was held back is told once the other one may not decide, since they changed the params', async () => {
    await deploy('edit: [amount], exclude: editor')
    await quiet(ann)
    const { id, digest } = await test.ask({ params: { amount: 2400 } })
    await work()
    expect(subjects(ann)).toEqual([])
    const params = { amount: 1200 }
    const source = { params: '{"amount":1200}' }
    await decideApproval(owner, { id, decision: 'approve', params, digest, source })
    await work()
    expect(subjects(ann)).toEqual([one])
  })

  it('reminders and escalations are judged anew', async () => {
    await deploy(`reviewers: "${owner.actor.email}", escalate: [{ after: 60, to: "role:reviewer" }]`)
    await quiet(ann)
    const { id } = await test.ask()
    await work()
    expect([subjects(owner), subjects(ann)]).toEqual([[one], []])
    await quiet(owner)
    await passMinute(db)
    await db.execute(sql`
      update approvals set requested_at = requested_at - interval '2 minutes', next_step_at = clock_timestamp() - interval '1 millisecond' where id = ${id}`)
    await takeSteps(db)
    await work()
    expect(subjects(ann)).toEqual([one])
  })
})

it('quiet hours are one’s own, in all projects, and no agent’s', async () => {
  const other = await makeTestProject(db)
  const there = await other.member('viewer', ann.actor.email)
  await quiet(there)
  expect(await readOwnQuietHours(ann)).toMatchObject({ zone: 'UTC' })
  expect(await readOwnQuietHours(owner)).toBeNull()
  await expect(setQuietHours(test.agent, { zone: 'UTC', periods: [] })).rejects.toMatchObject({
    code: 'forbidden',
  })
})

async function finance(count: number): Promise<Member[]> {
  const { id } = await createGroup(owner, { slug: 'finance', name: 'Finance' })
  const people: Member[] = []
  for (let i = 0; i < count; i++) people.push(await test.member('reviewer'))
  for (const { actor } of people) await addGroupMember(owner, { id, user_id: actor.id })
  return people
}

const away = (who: Member, delegate?: Member) =>
  setAbsence(who, {
    id: who.actor.id,
    from: new Date(Date.now() - hourMs).toISOString(),
    until: new Date(Date.now() + 48 * hourMs).toISOString(),
    delegate_id: delegate?.actor.id ?? null,
  })
