import { randomBytes } from 'node:crypto'
import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { approvals, decisions } from '@/db/schema/approvals'
import { auditEntries } from '@/db/schema/audit'
import { members } from '@/db/schema/identity'
import { clearAbsence, setAbsence } from '@/lib/absences/set'
import { deployAgent } from '@/lib/agents/deploy'
import { compareApprovals } from '@/lib/audit/compare-approvals'
import { createGroup } from '@/lib/groups/create'
import { addGroupMember, removeGroupMember } from '@/lib/groups/members'
import { startRun } from '@/lib/runs/start'
import { codeOf } from '@/lib/testing/code-of'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { cancelApproval } from './cancel'
import { claimApproval } from './claim'
import { decideOnce } from './decide'
import { expireApprovals } from './expire'
import { readApproval } from './read'
import type { Approval } from './schemas'

let db: Database
let close: () => Promise<void>
let test: TestProject
let admin: Awaited<ReturnType<TestProject['member']>>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  test = await makeTestProject(db)
  admin = await test.member('admin')
})

type Member = Awaited<ReturnType<TestProject['member']>>

async function group(slug: string, ...people: Member[]): Promise<string> {
  const { id } = await createGroup(admin, { slug })
  for (const person of people) await addGroupMember(admin, { id, user_id: person.actor.id })
  return id
}

/** A request under a policy of these settings. */
async function ask(settings: string, initiator?: string): Promise<Approval> {
  const name = `agent-${randomBytes(4).toString('hex')}`
  const lines = settings.split('\n').map((line) => `        ${line}`)
  const config = `approval:\n  tools:\n    - gated:\n${lines.join('\n')}\n`
  await deployAgent(test.agent, { name, config })
  if (initiator === undefined) return test.ask({ agent: name })
  const { run } = await startRun(test.agent, { agent: name, initiator, source: {} })
  return test.ask({ run_id: run.id })
}

const decide = (who: Member, { id }: { id: string }, decision: 'approve' | 'reject' = 'approve', more = {}) =>
  decideOnce(who, { id, decision, ...more })
const votesOf = (id: string) => db.select().from(decisions).where(eq(decisions.approvalId, id))
const entriesOf = async (id: string) =>
  (
    await db
      .select({ action: auditEntries.action })
      .from(auditEntries)
      .where(eq(auditEntries.targetId, id))
      .orderBy(auditEntries.ordinal)
  ).map(({ action }) => action)

const two = 'reviewers: { from: [finance], approvals: 2 }'

describe('two of a group', () => {
  it('approve together; each is told how far they are, and whoever is not asked is refused', async () => {
    const [ann, bea, other] = [
      await test.member('reviewer'),
      await test.member('reviewer'),
      await test.member('reviewer'),
    ]
    await group('finance', ann, bea)
    const asked = await ask(two)
    expect(asked).toMatchObject({
      requirement: { rules: [{ any_of: [{ from: ['finance'], approvals: 2, rejections: 1 }] }], exclude: [] },
      progress: {
        text: '0 of 2 from finance',
        rules: [{ met: false, clauses: [{ approvals: 0, needed: 2 }] }],
      },
      reviews: [],
      next: { action: 'wait', message: 'Waiting for 2 of finance. Do not run gated.' },
    })
    expect(await codeOf(decide(other, asked))).toBe('not_a_reviewer')
    expect((await readApproval(other, asked.id)).can_decide).toEqual({
      allowed: false,
      because: 'not_a_reviewer',
      message: 'Needs someone of finance.',
    })
    const first = await decide(ann, asked, 'approve', { reason: 'Fine.' })
    expect(first).toMatchObject({
      isReplay: false,
      approval: {
        status: 'pending',
        decision: null,
        progress: { text: '1 of 2 from finance' },
        reviews: [
          {
            decision: 'approve',
            reviewer: { id: ann.actor.id },
            on_behalf_of: null,
            reason: 'Fine.',
            counts: true,
          },
        ],
      },
    })
    expect(await decide(ann, asked, 'approve', { reason: 'Fine.' })).toMatchObject({ isReplay: true })
    expect(await votesOf(asked.id)).toHaveLength(1)
    const second = await decide(bea, asked)
    expect(second.approval).toMatchObject({
      status: 'approved',
      decision: { reviewer: { id: bea.actor.id } },
    })
    expect(await codeOf(decide(ann, asked))).toBe('already_decided')
    expect(await entriesOf(asked.id)).toEqual([
      'approval.decision_refused',
      'approval.voted',
      'approval.approved',
    ])
    await claimApproval(test.agent, { id: asked.id, tool: asked.tool, params: asked.params })
    expect((await compareApprovals(db, test.project.id)).mismatches).toEqual([])
  })

  it('are exactly two where fifty come at once, in one final row', async () => {
    const people = await Promise.all(Array.from({ length: 50 }, () => test.member('reviewer')))
    await group('finance', ...people)
    const asked = await ask(two)
    const outcomes = await Promise.all(people.map((person) => codeOf(decide(person, asked))))
    expect(outcomes.filter((one) => one === 'done')).toHaveLength(2)
    // on a busy machine some are told to come again
    expect(['already_decided', 'unavailable']).toEqual(
      expect.arrayContaining(outcomes.filter((one) => one !== 'done')),
    )
    const votes = await votesOf(asked.id)
    expect(votes.map(({ isFinal }) => isFinal).toSorted()).toEqual([false, true])
    expect(new Set(votes.map(({ reviewerId }) => reviewerId)).size).toBe(2)
  }, 120_000)

  it('are one too few once the first has left the group, and one who comes again does not count twice', async () => {
    const [ann, bea, cy] = [
      await test.member('reviewer'),
      await test.member('reviewer'),
      await test.member('reviewer'),
    ]
    const finance = await group('finance', ann, bea, cy)
    const asked = await ask(two)
    await decide(ann, asked)
    await removeGroupMember(admin, { id: finance, user_id: ann.actor.id })
    const { approval } = await decide(bea, asked)
    expect(approval).toMatchObject({
      status: 'pending',
      reviews: [
        { counts: false, why_not: 'is not, or no longer, among those who are asked' },
        { counts: true, why_not: null },
      ],
    })
    await decide(bea, asked, 'approve', { reason: 'Once more.' })
    expect((await readApproval(bea, asked.id)).progress?.text).toBe('1 of 2 from finance')
    await db.delete(members).where(eq(members.userId, bea.actor.id))
    expect((await decide(cy, asked)).approval.status).toBe('pending')
    // Ann is back: nothing ends by itself, but the same vote again is counted anew.
    await addGroupMember(admin, { id: finance, user_id: ann.actor.id })
    expect((await readApproval(cy, asked.id)).status).toBe('pending')
    const last = await decide(cy, asked)
    expect(last).toMatchObject({ isReplay: false, approval: { status: 'approved' } })
    const counted = last.approval.reviews.filter(({ counts }) => counts).map(({ reviewer }) => reviewer.id)
    expect(counted).toEqual([ann.actor.id, cy.actor.id])
  })

  it('stay two once it is decided, whoever leaves, and each has one id in every record', async () => {
    const [ann, bea] = [await test.member('reviewer'), await test.member('reviewer')]
    const finance = await group('finance', ann, bea)
    const asked = await ask(two)
    await decide(ann, asked)
    const { approval } = await decide(bea, asked)
    const now = async () =>
      (({ progress, reviews }) => ({ progress, reviews }))(await readApproval(admin, asked.id))
    const before = await now()
    expect(before.progress?.text).toBe('2 of 2 from finance')
    expect(before).toEqual({ progress: approval.progress, reviews: approval.reviews })
    await removeGroupMember(admin, { id: finance, user_id: ann.actor.id })
    await db.update(members).set({ role: 'viewer' }).where(eq(members.userId, bea.actor.id))
    expect(await now()).toEqual(before)
    const [entry] = await db
      .select({ detail: auditEntries.detail })
      .from(auditEntries)
      .where(and(eq(auditEntries.targetId, asked.id), eq(auditEntries.action, 'approval.approved')))
    const { votes } = JSON.parse(entry?.detail ?? '{}') as { votes: { id: string }[] }
    expect(votes.map(({ id }) => id)).toEqual(before.reviews.map(({ id }) => id))
  })

  it.each(['expired', 'cancelled'] as const)(
    'stay one of two once it is %s, whoever leaves',
    async (status) => {
      const [ann, bea] = [await test.member('reviewer'), await test.member('reviewer')]
      const finance = await group('finance', ann, bea)
      const asked = await ask(two)
      await decide(ann, asked)
      if (status === 'expired') {
        await db
          .update(approvals)
          .set({ expiresAt: sql`clock_timestamp() - interval '1 millisecond'` })
          .where(eq(approvals.id, asked.id))
        await expireApprovals(db)
      } else await cancelApproval(test.agent, { id: asked.id })
      await removeGroupMember(admin, { id: finance, user_id: ann.actor.id })
      const { reviews, ...read } = await readApproval(admin, asked.id)
      expect(read).toMatchObject({ status, progress: { text: '1 of 2 from finance' } })
      expect(reviews).toMatchObject([{ counts: true, why_not: null }])
    },
  )

  it('take a vote back; and one rejection ends it', async () => {
    const [ann, bea] = [await test.member('reviewer'), await test.member('reviewer')]
    await group('finance', ann, bea)
    const asked = await ask(two)
    const withdraw = () => decideOnce(ann, { id: asked.id, decision: 'withdraw' })
    expect(await codeOf(withdraw())).toBe('nothing_to_withdraw')
    await decide(ann, asked)
    expect((await withdraw()).approval.progress?.text).toBe('0 of 2 from finance')
    expect(await codeOf(withdraw())).toBe('nothing_to_withdraw')
    expect((await decide(bea, asked)).approval.status).toBe('pending')
    expect((await decide(ann, asked, 'reject')).approval).toMatchObject({
      status: 'rejected',
      next: { action: 'stop' },
    })
    const plain = await test.ask()
    const none = decideOnce(ann, { id: plain.id, decision: 'withdraw' })
    expect(await codeOf(none)).toBe('nothing_to_withdraw')
  })
})

describe('whoever stands in', () => {
  const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()
  const anHourAgo = () => new Date(Date.now() - 3_600_000).toISOString()

  it('votes on the seat of who is away, one seat for both, and the vote stands when the absence ends', async () => {
    const [ann, eva, bea] = [
      await test.member('reviewer'),
      await test.member('reviewer'),
      await test.member('reviewer'),
    ]
    await group('finance', ann, bea)
    const asked = await ask(two)
    expect(await codeOf(decide(eva, asked))).toBe('not_a_reviewer')
    await setAbsence(ann, {
      id: ann.actor.id,
      from: anHourAgo(),
      until: inAnHour(),
      delegate_id: eva.actor.id,
    })
    const { approval } = await decide(eva, asked)
    expect(approval.reviews).toMatchObject([
      { reviewer: { id: eva.actor.id }, on_behalf_of: { id: ann.actor.id } },
    ])
    // the same seat: the later vote counts
    expect((await decide(ann, asked)).approval.progress?.text).toBe('1 of 2 from finance')
    await decide(eva, asked, 'approve', { reason: 'Again.' })
    await clearAbsence(ann, { id: ann.actor.id })
    expect((await readApproval(ann, asked.id)).progress?.text).toBe('1 of 2 from finance')
    expect(await codeOf(decide(eva, asked, 'approve', { reason: 'No longer.' }))).toBe('not_a_reviewer')
    expect((await decide(bea, asked)).approval.status).toBe('approved')
  })

  it('is refused where they are the initiator, and nobody sits in for the initiator', async () => {
    const [ann, eva] = [await test.member('reviewer'), await test.member('reviewer')]
    await group('finance', ann)
    await setAbsence(ann, {
      id: ann.actor.id,
      from: anHourAgo(),
      until: inAnHour(),
      delegate_id: eva.actor.id,
    })
    const forEva = await ask('reviewers: [finance]', eva.actor.email)
    expect(await codeOf(decide(eva, forEva))).toBe('own_request')
    const forAnn = await ask('reviewers: [finance]', ann.actor.email)
    expect(await codeOf(decide(ann, forAnn))).toBe('own_request')
    expect(await codeOf(decide(eva, forAnn))).toBe('not_a_reviewer')
  })
})

describe('what else a policy demands', () => {
  it('keeps the maker of the key and who deployed from deciding', async () => {
    const owner = await test.member('owner')
    const reviewer = await test.member('reviewer')
    await db.execute(sql`update keys set created_by = ${owner.actor.id} where id = ${test.agent.actor.id}`)
    const asked = await ask('exclude: [deployer, key_creator]')
    expect(await codeOf(decide(owner, asked))).toBe('excluded')
    expect((await readApproval(owner, asked.id)).can_decide).toMatchObject({ because: 'excluded' })
    expect((await decide(reviewer, asked)).approval.status).toBe('approved')
  })

  it('is a reason, for every decision or for a rejection', async () => {
    const reviewer = await test.member('reviewer')
    const always = await ask('reason: required')
    expect(await codeOf(decide(reviewer, always, 'approve', { reason: '  ' }))).toBe('reason_required')
    expect((await decide(reviewer, always, 'approve', { reason: 'Yes.' })).approval.status).toBe('approved')
    const onReject = await ask('reason: on_reject')
    expect(await codeOf(decide(reviewer, onReject, 'reject'))).toBe('reason_required')
    expect((await decide(reviewer, onReject)).approval.status).toBe('approved')
  })

  it('is no viewer, whatever a group says', async () => {
    const viewer = await test.member('viewer')
    await group('finance', viewer)
    const asked = await ask('reviewers: [finance]')
    expect(await codeOf(decide(viewer, asked))).toBe('forbidden')
  })

  it('escalates by the database’s clock, with no worker alive: not a moment earlier, and from then on', async () => {
    const [ann, lead] = [await test.member('reviewer'), await test.member('reviewer')]
    await group('finance', ann)
    await group('leads', lead)
    const asked = await ask('reviewers: [finance]\nescalate: [{ after: 60, to: [leads] }]')
    expect(asked.requirement?.escalate).toMatchObject([{ to: ['leads'], reached: false }])
    expect(await codeOf(decide(lead, asked))).toBe('not_a_reviewer')
    const soon = () => sql`clock_timestamp() - interval '60 seconds' + interval '400 milliseconds'`
    await db.update(approvals).set({ requestedAt: soon() }).where(eq(approvals.id, asked.id))
    const [{ due } = { due: '' }] = await db.execute<{ due: string }>(
      sql`select requested_at + interval '60 seconds' as due from approvals where id = ${asked.id}`,
    )
    const outcomes: { at: number; outcome: string }[] = []
    for (let outcome = ''; outcome !== 'done';) {
      outcome = await codeOf(decide(lead, asked))
      const [row] = await db.execute<{ now: string }>(sql`select clock_timestamp() as now`)
      outcomes.push({ at: Date.parse(row?.now ?? ''), outcome })
    }
    const [final] = await votesOf(asked.id)
    expect(final?.at.getTime()).toBeGreaterThanOrEqual(Date.parse(due))
    expect((await readApproval(ann, asked.id)).requirement?.escalate).toMatchObject([{ reached: true }])
  })
})
