import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { mails, notices } from '@/db/schema/notices'
import { deployAgent } from '@/lib/agents/deploy'
import { cancelApproval } from '@/lib/approvals/cancel'
import { readContext } from '@/lib/approvals/context/read'
import { decideOnce } from '@/lib/approvals/decide'
import { createGroup } from '@/lib/groups/create'
import { addGroupMember, removeGroupMember } from '@/lib/groups/members'
import { drainJobs } from '@/lib/jobs/serve'
import { jobTasks } from '@/lib/jobs/tasks'
import { changeRole } from '@/lib/members/change-role'
import { removeMember } from '@/lib/members/remove'
import { dispatchEvents } from '@/lib/outbox/dispatch'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { withoutWebhooks } from '@/lib/testing/without-webhooks'
import { readNotices } from './in-app'
import { setNoticePreferences } from './preferences'
import { tellUnreachableOf } from './tell-unreachable'

type Member = Awaited<ReturnType<TestProject['member']>>

let db: Database
let url: string
let close: () => Promise<void>
let test: TestProject
let owner: Member, admin: Member, ann: Member, ben: Member
let group: string

beforeAll(async () => {
  ;({ db, url, close } = await openTestDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  await db.execute(sql`delete from graphile_worker._private_jobs`)
  test = await makeTestProject(db)
  owner = await test.member('owner')
  admin = await test.member('admin')
  ann = await test.member('reviewer')
  ben = await test.member('reviewer')
  group = (await createGroup(admin, { slug: 'finance', name: 'Finance' })).id
  for (const { actor } of [ann, ben]) await addGroupMember(admin, { id: group, user_id: actor.id })
  await deploy('reviewers: { from: finance, approvals: 2 }')
})

const deploy = (more: string) =>
  deployAgent(test.agent, { name: 'tester', config: `approval: { tools: [{ gated: { ${more} } }] }` })

/** Dispatches and does all jobs but the sending of mails. */
async function tellAll() {
  await dispatchEvents(db)
  const mail = { resendApiKey: undefined, resendBaseUrl: undefined, emailFrom: 'hold@example.com' }
  const deps = { db, mail, appUrl: 'http://localhost:3000', ...withoutWebhooks }
  const { tell_event, tell_unreachable, words_mail } = jobTasks({ ...deps, queueDeliveries: async () => {} })
  return drainJobs({ databaseUrl: url, tasks: { tell_event, tell_unreachable, words_mail } })
}

/** Who was told that nobody can decide on a request, in the bell and by mail. */
async function told(id: string) {
  const lines = await db
    .select({ userId: notices.userId, text: notices.text, clearedAt: notices.clearedAt })
    .from(notices)
    .where(and(eq(notices.subjectId, id), eq(notices.kind, 'unreachable')))
  const mailed = await db
    .select({ to: mails.recipient, text: mails.text })
    .from(mails)
    .where(and(eq(mails.projectId, test.project.id), sql`${mails.subject} like 'Nobody can decide%'`))
  return { lines, to: mailed.map(({ to }) => to).sort(), text: mailed[0]?.text ?? '' }
}

/** What is said of it with the request. */
const saidOf = async (id: string) =>
  (await readContext(owner, id)).cues.find(({ kind }) => kind === 'unreachable')?.text
const both = () => [owner.actor.email, admin.actor.email].sort()

describe('that nobody can decide', () => {
  it('is told to owners and admins once, when somebody leaves the group, and said with the request', async () => {
    const { id } = await test.ask()
    await tellAll()
    expect((await told(id)).lines).toEqual([])
    expect(await saidOf(id)).toBeUndefined()
    await setNoticePreferences(owner, { ...everything, email: false, in_app: false })

    await removeGroupMember(admin, { id: group, user_id: ben.actor.id })
    await tellAll()
    const text = 'Nobody can decide: it takes 2 of finance (1 can decide).'
    const first = await told(id)
    expect(first.lines.map(({ userId }) => userId).sort()).toEqual([owner.actor.id, admin.actor.id].sort())
    expect(first.lines[0]).toMatchObject({ text, clearedAt: null })
    expect(first.to).toEqual(both())
    expect(first.text).toContain(text)
    expect((await readNotices(owner, { limit: 20 })).items).toContainEqual(
      expect.objectContaining({
        kind: 'unreachable',
        text,
        approval: expect.objectContaining({ id }) as object,
      }),
    )
    expect(`${await saidOf(id)}.`).toBe(text)

    await changeRole(owner, { id: ann.actor.id, role: 'viewer' })
    await removeMember(owner, { id: ann.actor.id })
    await tellAll()
    const again = await told(id)
    expect([again.lines.length, again.to]).toEqual([2, both()])

    await cancelApproval(test.agent, { id })
    await tellAll()
    expect((await told(id)).lines.every(({ clearedAt }) => clearedAt !== null)).toBe(true)
  })

  it('is told at the ask, also where nobody was ever in the group, and once of many at once', async () => {
    await deploy('reviewers: legal')
    const asked = [await test.ask(), await test.ask({ params: { n: 2 } })]
    await tellAll()
    await Promise.all([1, 2, 3].map(() => tellUnreachableOf(db, test.project.id)))
    await tellAll()
    for (const { id } of asked) expect((await told(id)).lines).toHaveLength(2)
    expect((await told(asked[0]?.id ?? '')).to).toEqual([...both(), ...both()].sort())
  })

  it.each([
    ['who was excluded is the only one', 'reviewers: { from: ADMIN }, exclude: deployer', true],
    ['an escalation has come', 'reviewers: legal, escalate: [{ after: 60, to: "role:admin" }]', false],
    ['nothing says who decides', 'edit: true', false],
  ])('where %s', async (_name, more, isTold) => {
    await deployAgent(admin, {
      name: 'tester',
      config: `approval: { tools: [{ gated: { ${more.replace('ADMIN', admin.actor.email)} } }] }`,
    })
    const { id } = await test.ask()
    await db.execute(
      sql`update approvals set requested_at = requested_at - interval '2 minutes' where id = ${id}`,
    )
    await tellAll()
    expect((await told(id)).lines).toHaveLength(isTold ? 2 : 0)
    expect((await saidOf(id)) !== undefined).toBe(isTold)
  })

  it('is told once an edit has excluded one too many', async () => {
    await deploy('reviewers: { from: finance, approvals: 2 }, edit: true, exclude: editor')
    const { id, digest } = await test.ask({ params: { amount: 5000 } })
    await tellAll()
    expect((await told(id)).lines).toEqual([])
    await decideOnce(ann, { id, decision: 'approve', digest, params: { amount: 2000 } })
    await tellAll()
    const text = 'Nobody can decide: it takes 2 of finance (1 can decide).'
    expect((await told(id)).lines).toMatchObject([{ text }, { text }])
    expect(`${await saidOf(id)}.`).toBe(text)
  })

  it('is nobody’s business in another project', async () => {
    const stranger = await (await makeTestProject(db)).member('owner')
    await deploy('reviewers: legal')
    await test.ask()
    await tellAll()
    expect((await readNotices(stranger, { limit: 20 })).items).toEqual([])
  })
})

const everything = { email: true, in_app: true, agents: [], tools: [], muted_until: null }
