import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { listWaitingItems } from '@/db/queries/mail-items'
import { approvalEvents, approvals, comments } from '@/db/schema/approvals'
import { keys } from '@/db/schema/identity'
import { auditEntries } from '@/db/schema/audit'
import { notices } from '@/db/schema/notices'
import { setAbsence } from '@/lib/absences/set'
import { deployAgent } from '@/lib/agents/deploy'
import { compareApprovals } from '@/lib/audit/compare-approvals'
import { createGroup } from '@/lib/groups/create'
import { addGroupMember } from '@/lib/groups/members'
import { changeRole } from '@/lib/members/change-role'
import { removeMember } from '@/lib/members/remove'
import { markNoticesRead } from '@/lib/notices/in-app'
import { takeSteps } from '@/lib/notices/take-steps'
import { tellEvents } from '@/lib/notices/tell'
import { dispatchEvents } from '@/lib/outbox/dispatch'
import { startRun } from '@/lib/runs/start'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { remindAtShare } from '@/lib/testing/remind-at-share'
import { queueDeliveries } from '@/lib/webhooks/queue'
import { askApproval } from './ask'
import { assignVerb } from './assign'
import { commentVerb, readCommentsVerb } from './comment'
import { countApprovalsVerb } from './count'
import { decideApproval } from './decide'
import { expireApprovals } from './expire'
import { extendVerb } from './extend'
import { readShare } from './mine'
import { readApproval, readApprovalsVerb } from './read'
import { readTimelineVerb } from './timeline'

let db: Database
let close: () => Promise<void>
let test: TestProject
let reviewer: Awaited<ReturnType<TestProject['member']>>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  test = await makeTestProject(db)
  reviewer = await test.member('reviewer')
})

const refused = (code: string) => expect.objectContaining({ code }) as Error
const at = (pointer: string) => ({ code: 'invalid_input', errors: [{ pointer }] })
const rowOf = async (id: string) =>
  (await db.select().from(approvals).where(eq(approvals.id, id)))[0] as typeof approvals.$inferSelect
const detailOf = async (id: string, action: string) => {
  const rows = await db
    .select()
    .from(auditEntries)
    .where(eq(auditEntries.targetId, id))
    .orderBy(auditEntries.ordinal)
  return rows.filter((row) => row.action === action).map(({ detail }) => JSON.parse(detail ?? '{}') as object)
}

describe('a request for changes', () => {
  const wanted = { decision: 'request_changes', reason: 'Half of it.' } as const

  it('ends the request, lets the run go on, and is replaced once', async () => {
    const asked = await test.ask()
    await expect(decideApproval(reviewer, { id: asked.id, decision: 'request_changes' })).rejects.toEqual(
      refused('reason_required'),
    )
    const changed = await decideApproval(reviewer, { id: asked.id, ...wanted })
    expect(changed).toMatchObject({
      status: 'rejected',
      decision: { decision: 'request_changes', reason: 'Half of it.' },
      next: {
        action: 'continue',
        message: expect.stringContaining(`ask again with supersedes: ${asked.id}`) as string,
      },
    })
    expect(await detailOf(asked.id, 'approval.changes_requested')).toHaveLength(1)
    const source = { params: '{"amount":1200}' }
    const again = (id: string, supersedes = asked.id, tool = 'gated') =>
      askApproval(test.agent, {
        run_id: asked.run_id,
        tool,
        tool_call_id: id,
        params: { amount: 1200 },
        supersedes,
        source,
      })
    await expect(again('other', asked.id, 'soft')).rejects.toMatchObject(at('/supersedes'))
    const tried = await Promise.allSettled(['a', 'b', 'c', 'd'].map((id) => again(id)))
    const made = tried.filter(({ status }) => status === 'fulfilled')
    expect(made).toHaveLength(1)
    for (const one of tried)
      if (one.status === 'rejected') expect(one.reason).toEqual(refused('already_superseded'))
    const [replacement] = await db.select().from(approvals).where(eq(approvals.supersedes, asked.id))
    expect((await readApproval(reviewer, asked.id)).superseded_by).toBe(replacement?.id)
    expect(await readApproval(reviewer, replacement?.id ?? '')).toMatchObject({
      status: 'pending',
      supersedes: asked.id,
    })
    // what still waits is replaced by nothing
    await expect(again('e', replacement?.id)).rejects.toMatchObject(at('/supersedes'))
    expect((await compareApprovals(db, test.project.id)).mismatches).toEqual([])
  })

  it('by one of those who are asked ends any quorum', async () => {
    const [ann, bea] = [await test.member('reviewer'), await test.member('reviewer')]
    const admin = await test.member('admin')
    const { id } = await createGroup(admin, { slug: 'finance' })
    for (const one of [ann, bea]) await addGroupMember(admin, { id, user_id: one.actor.id })
    const config =
      'approval:\n  tools:\n    - gated:\n        reviewers: { from: [finance], approvals: 2, rejections: 2 }\n'
    await deployAgent(test.agent, { name: 'payer', config })
    const asked = await test.ask({ agent: 'payer' })
    await expect(decideApproval(reviewer, { id: asked.id, ...wanted })).rejects.toEqual(
      refused('not_a_reviewer'),
    )
    await decideApproval(ann, { id: asked.id, decision: 'approve' })
    const changed = await decideApproval(bea, { id: asked.id, ...wanted })
    expect(changed).toMatchObject({ status: 'rejected', next: { action: 'continue' } })
  })
})

describe('an extension', () => {
  const extend = (id: string, by_seconds: number, who = reviewer) =>
    extendVerb(who, { id, by_seconds, reason: 'Ann is in a meeting.' })

  it('moves deadline and reminders, within the bound and not after the deadline', async () => {
    const asked = await test.ask()
    const longer = await extend(asked.id, 3600)
    expect(Date.parse(longer.expires_at) - Date.parse(asked.expires_at)).toBe(3_600_000)
    const row = await rowOf(asked.id)
    expect(row.nextStepAt?.getTime()).toBe((row.requestedAt.getTime() + row.expiresAt.getTime()) / 2)
    expect(await detailOf(asked.id, 'approval.extended')).toMatchObject([
      { by_seconds: 3600, extended_seconds: 3600, reason: 'Ann is in a meeting.' },
    ])
    await expect(extend(asked.id, 86_400)).rejects.toMatchObject(at('/by_seconds'))
    await extend(asked.id, 82_800)
    expect((await rowOf(asked.id)).extendedSeconds).toBe(86_400)
    await db.execute(
      sql`update approvals set expires_at = clock_timestamp() - interval '1 millisecond' where id = ${asked.id}`,
    )
    await expect(extend(asked.id, 1)).rejects.toEqual(refused('expired'))
    expect((await rowOf(asked.id)).status).toBe('expired')
  })

  it('is not for agents, viewers, other projects and whoever may not decide', async () => {
    const config =
      'approval:\n  tools:\n    - gated:\n        reviewers: [finance]\n        max_extension: 60\n'
    await deployAgent(test.agent, { name: 'payer', config })
    const { id } = await test.ask({ agent: 'payer' })
    const viewer = await test.member('viewer')
    const stranger = await (await makeTestProject(db)).member('owner')
    const input = { id, by_seconds: 30, reason: 'Later.' }
    await expect(extendVerb(test.agent, input)).rejects.toEqual(refused('agent_key_cannot_decide'))
    await expect(extendVerb(viewer, input)).rejects.toEqual(refused('forbidden'))
    await expect(extendVerb(stranger, input)).rejects.toEqual(refused('not_found'))
    await expect(extendVerb(reviewer, input)).rejects.toEqual(refused('not_a_reviewer'))
    const admin = await test.member('admin')
    await extendVerb(admin, input)
    await expect(extendVerb(admin, { ...input, by_seconds: 31 })).rejects.toMatchObject(at('/by_seconds'))
  })

  it('against the deadline: what was extended does not expire, of twenty at once the bound holds', async () => {
    const config = 'approval:\n  max_extension: 100\n  tools:\n    - gated\n'
    await deployAgent(test.agent, { name: 'payer', config })
    const { id } = await test.ask({ agent: 'payer' })
    const tried = await Promise.allSettled(Array.from({ length: 20 }, () => extend(id, 10)))
    expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
    expect((await rowOf(id)).extendedSeconds).toBe(100)
    await db.execute(
      sql`update approvals set requested_at = requested_at - interval '1 hour 1 minute', expires_at = expires_at - interval '1 hour 1 minute' where id = ${id}`,
    )
    await expireApprovals(db)
    expect((await rowOf(id)).status).toBe('pending')
  })
})

describe('an assignment', () => {
  it('names who takes care, and changes nothing of who may decide', async () => {
    const { id } = await test.ask()
    const ann = await test.member('reviewer')
    const assigned = await assignVerb(reviewer, { id, user_id: ann.actor.id })
    expect(assigned).toMatchObject({
      assignee: { id: ann.actor.id, email: ann.actor.email },
      can_decide: { allowed: true },
    })
    await assignVerb(reviewer, { id, user_id: ann.actor.id })
    expect(await detailOf(id, 'approval.assigned')).toMatchObject([{ to: ann.actor.email }])
    expect((await assignVerb(ann, { id, user_id: null })).assignee).toBeNull()
    const viewer = await test.member('viewer')
    const stranger = await (await makeTestProject(db)).member('reviewer')
    for (const who of [viewer, stranger])
      await expect(assignVerb(reviewer, { id, user_id: who.actor.id })).rejects.toMatchObject(at('/user_id'))
    await expect(assignVerb(viewer, { id, user_id: null })).rejects.toEqual(refused('forbidden'))
    await expect(assignVerb(test.agent, { id, user_id: null })).rejects.toEqual(
      refused('agent_key_cannot_decide'),
    )
    await decideApproval(reviewer, { id, decision: 'approve' })
    await expect(assignVerb(reviewer, { id, user_id: ann.actor.id })).rejects.toEqual(
      refused('already_decided'),
    )
  })
})

describe('an assignment to somebody who may not decide any more', () => {
  it.each(['removed', 'a viewer'])('ends for what waits: %s', async (what) => {
    const owner = await test.member('owner')
    const [ann, bea] = [await test.member('reviewer'), await test.member('reviewer')]
    const [waits, over, beas] = [await test.ask(), await test.ask(), await test.ask()]
    for (const { id } of [waits, over]) await assignVerb(reviewer, { id, user_id: ann.actor.id })
    await assignVerb(reviewer, { id: beas.id, user_id: bea.actor.id })
    await decideApproval(reviewer, { id: over.id, decision: 'approve' })
    if (what === 'removed') await removeMember(owner, { id: ann.actor.id })
    else await changeRole(owner, { id: ann.actor.id, role: 'viewer' })
    const assignees = await Promise.all(
      [waits, over, beas].map(async ({ id }) => (await rowOf(id)).assigneeId),
    )
    expect(assignees).toEqual([null, ann.actor.id, bea.actor.id])
    const action = what === 'removed' ? 'member.removed' : 'member.role_changed'
    expect(await detailOf(ann.actor.id, action)).toMatchObject([{ unassigned: [waits.id] }])
    const events = await db.select().from(approvalEvents).where(eq(approvalEvents.approvalId, waits.id))
    expect(events.filter(({ type }) => type === 'assigned')).toHaveLength(2)
  })

  it('made at the same moment does not outlive the removal', async () => {
    const owner = await test.member('owner')
    for (let round = 0; round < 8; round++) {
      const [ann, { id }] = [await test.member('reviewer'), await test.ask()]
      await Promise.allSettled([
        assignVerb(reviewer, { id, user_id: ann.actor.id }),
        removeMember(owner, { id: ann.actor.id }),
      ])
      expect((await rowOf(id)).assigneeId).toBeNull()
    }
  })
})

describe('comments', () => {
  it('are of members and agents, in order and on record by their digest, after the decision too', async () => {
    const { id } = await test.ask()
    const viewer = await test.member('viewer')
    const first = await commentVerb(viewer, { id, body: 'Who is this for?', mention: [reviewer.actor.id] })
    await decideApproval(reviewer, { id, decision: 'approve' })
    await commentVerb(test.agent, { id, body: 'For order 7.' })
    const page = await readCommentsVerb(test.agent, { id, limit: 1 })
    expect(page.items).toEqual([first])
    const rest = await readCommentsVerb(viewer, { id, limit: 50, cursor: page.next_cursor ?? '' })
    expect(rest).toMatchObject({
      items: [{ author: { type: 'key', label: 'Key run,deploy,read' }, body: 'For order 7.', mentions: [] }],
      next_cursor: null,
    })
    expect((await readApproval(viewer, id)).comments).toBe(2)
    const details = await detailOf(id, 'approval.commented')
    expect(details).toMatchObject([{ mentions: [reviewer.actor.id] }, { mentions: [] }])
    expect(JSON.stringify(details)).not.toContain('order 7')
  })

  it('are refused where there is nothing to say it of, or nobody to tell', async () => {
    const { id } = await test.ask()
    const other = await makeTestProject(db)
    const stranger = await other.member('owner')
    await expect(commentVerb(stranger, { id, body: 'Hm.' })).rejects.toEqual(refused('not_found'))
    await expect(readCommentsVerb(stranger, { id, limit: 1 })).rejects.toEqual(refused('not_found'))
    const reads = await test.key(['read'])
    await expect(commentVerb(reads, { id, body: 'Hm.' })).rejects.toEqual(refused('forbidden'))
    await expect(
      commentVerb(reviewer, { id, body: 'Hm.', mention: [reviewer.actor.id, stranger.actor.id] }),
    ).rejects.toMatchObject(at('/mention/1'))
    expect(await db.select().from(comments).where(eq(comments.approvalId, id))).toEqual([])
    expect((await rowOf(id)).commentCount).toBe(0)
  })
})

it.each(['mention', 'comment', 'assigned'] as const)(
  'what happens again is told again in the bell and by mail: %s',
  async (kind) => {
    const { id } = await test.ask()
    const ann = await test.member('reviewer')
    if (kind === 'comment') await assignVerb(ann, { id, user_id: ann.actor.id })
    const happen = async (body: string) => {
      if (kind === 'assigned') {
        await assignVerb(reviewer, { id, user_id: null })
        await assignVerb(reviewer, { id, user_id: ann.actor.id })
      } else {
        const mention = kind === 'mention' ? { mention: [ann.actor.id] } : {}
        await commentVerb(reviewer, { id, body, ...mention })
      }
    }
    const ofAnn = and(eq(notices.userId, ann.actor.id), eq(notices.kind, kind))
    const told = async () => (await db.select().from(notices).where(ofAnn))[0]
    const toMail = async () =>
      (await listWaitingItems(db, test.project.id, ann.actor.id)).map((item) => item.kind)
    await happen('First.')
    await markNoticesRead(ann, {})
    await db.execute(sql`update mail_items set mail_id = 'mail_one' where user_id = ${ann.actor.id}`)
    const before = await told()
    expect([before?.readAt, await toMail()]).toEqual([expect.any(Date), []])
    await happen('Second.')
    const after = await told()
    expect(after).toMatchObject({ id: before?.id, readAt: null })
    expect(after?.createdAt.getTime()).toBeGreaterThan(before?.createdAt.getTime() ?? Infinity)
    expect(await toMail()).toEqual([kind])
  },
)

it('reminders that an extension has moved come again', async () => {
  const ann = await test.member('reviewer')
  const { id } = await test.ask()
  await remindAtShare(db, id, 0.5)
  await markNoticesRead(ann, {})
  await extendVerb(reviewer, { id, by_seconds: 3600, reason: 'Ann is in a meeting.' })
  const isRead = async () => {
    const of = and(eq(notices.subjectId, id), eq(notices.userId, ann.actor.id))
    return (await db.select().from(notices).where(of)).map(({ kind, readAt }) => [kind, readAt !== null])
  }
  expect(await isRead()).toEqual([['half_time', true]])
  await db.execute(sql`
    update notices set created_at = created_at - interval '31 minutes' where subject_id = ${id}`)
  await db.execute(sql`
    update approvals set requested_at = requested_at - interval '31 minutes',
      expires_at = expires_at - interval '31 minutes', next_step_at = clock_timestamp() - interval '1 millisecond' where id = ${id}`)
  await takeSteps(db)
  expect(await isRead()).toEqual([['half_time', false]])
})

it('a comment is told once to who took part, and to no others', async () => {
  const { id } = await test.ask()
  const [took, spoke, silent] = [
    await test.member('reviewer'),
    await test.member('reviewer'),
    await test.member('reviewer'),
  ]
  await assignVerb(took, { id, user_id: took.actor.id })
  await commentVerb(spoke, { id, body: 'Wait.' })
  await commentVerb(spoke, { id, body: 'Now.' })
  const told = await db
    .select({ userId: notices.userId, kind: notices.kind })
    .from(notices)
    .where(eq(notices.subjectId, id))
  expect(told).toEqual([{ userId: took.actor.id, kind: 'comment' }])
  expect(told.map(({ userId }) => userId)).not.toContain(silent.actor.id)
})

it('a timeline tells what happened, in order', async () => {
  const { id } = await test.ask()
  await commentVerb(reviewer, { id, body: 'Wait.' })
  await assignVerb(reviewer, { id, user_id: reviewer.actor.id })
  await extendVerb(reviewer, { id, by_seconds: 60, reason: 'Soon.' })
  await decideApproval(reviewer, { id, decision: 'approve', reason: 'Fine.' })
  const { items } = await readTimelineVerb(test.agent, { id })
  expect(items.map(({ type }) => type)).toEqual(['asked', 'commented', 'assigned', 'extended', 'approved'])
  expect(items.slice(2)).toMatchObject([
    { actor: { id: reviewer.actor.id }, detail: { to: reviewer.actor.email } },
    { detail: { by_seconds: 60, reason: 'Soon.' } },
    { actor: { type: 'user', id: reviewer.actor.id }, detail: { decision: 'approve', reason: 'Fine.' } },
  ])
  const stranger = await (await makeTestProject(db)).member('owner')
  await expect(readTimelineVerb(stranger, { id })).rejects.toEqual(refused('not_found'))
})

describe('whom the policy asks', () => {
  const config = `approval:
  tools:
    - gated:
        reviewers: [finance]
        escalate: [{ after: 50%, to: [leads] }]
`
  let [ann, eva, lead] = [reviewer, reviewer, reviewer]
  let asked: Awaited<ReturnType<TestProject['ask']>>
  beforeEach(async () => {
    const admin = await test.member('admin')
    ;[ann, eva, lead] = [
      await test.member('reviewer'),
      await test.member('reviewer'),
      await test.member('reviewer'),
    ]
    for (const [slug, member] of [
      ['finance', ann],
      ['leads', lead],
    ] as const) {
      const { id } = await createGroup(admin, { slug })
      await addGroupMember(admin, { id, user_id: member.actor.id })
    }
    await setAbsence(ann, {
      id: ann.actor.id,
      from: new Date(Date.now() - 60_000).toISOString(),
      until: new Date(Date.now() + 3_600_000).toISOString(),
      delegate_id: eva.actor.id,
    })
    await deployAgent(test.agent, { name: 'payer', config })
    asked = await test.ask({ agent: 'payer' })
  })
  const told = async () =>
    (await db.select().from(notices).where(eq(notices.subjectId, asked.id))).map(
      ({ userId, kind }) => `${kind} ${[ann, eva, lead].findIndex(({ actor }) => actor.id === userId)}`,
    )
  const tellAll = async () => {
    await dispatchEvents(db)
    const ids = await db.execute<{ id: number }>(
      sql`select id::int from approval_events where project_id = ${test.project.id}`,
    )
    await tellEvents(
      { db },
      ids.map(({ id }) => id),
      queueDeliveries,
    )
  }

  it('hears of it, or whoever sits in; the others once time has passed, with a record and nobody else', async () => {
    await tellAll()
    expect((await told()).toSorted()).toEqual(['requested 0', 'requested 1'])
    await remindAtShare(db, asked.id, 0.51)
    expect((await told()).toSorted()).toEqual([
      'half_time 0',
      'half_time 1',
      'half_time 2',
      'requested 0',
      'requested 1',
      'your_turn 2',
    ])
    expect((await rowOf(asked.id)).pools).toEqual(['finance', 'leads'])
    expect(await detailOf(asked.id, 'approval.escalated')).toEqual([
      { agent: 'payer', tool: 'gated', to: ['leads'] },
    ])
    await remindAtShare(db, asked.id, 0.6)
    expect(await detailOf(asked.id, 'approval.escalated')).toHaveLength(1)
    const { items } = await readTimelineVerb(ann, { id: asked.id })
    expect(items.map(({ type }) => type)).toContain('escalated')
    const whom = items.filter(({ type }) => type === 'told').length
    expect(whom).toBeGreaterThanOrEqual(6)
  })

  const pay = async (more: string, escalate: string) => {
    const admin = await test.member('admin')
    const config = `approval:
  tools:
    - gated: { reviewers: { from: [finance], approvals: 2 }, ${more} escalate: [{ after: 50%, to: [${escalate}] }] }
`
    await deployAgent(admin, { name: 'payer', config })
    const { run } = await startRun(test.agent, { agent: 'payer', initiator: ann.actor.email, source: {} })
    return { admin, runId: run.id }
  }

  it('is not told where they may not decide, nor whoever sits in for them, who is told why', async () => {
    const { runId } = await pay('', 'leads')
    asked = await test.ask({ run_id: runId })
    await tellAll()
    await remindAtShare(db, asked.id, 0.51)
    const withoutAdmins = (await told()).filter((one) => !one.startsWith('unreachable'))
    expect(withoutAdmins.toSorted()).toEqual(['half_time 2', 'your_turn 2'])
    expect((await readApproval(eva, asked.id)).can_decide).toEqual({
      allowed: false,
      because: 'not_a_reviewer',
      message: 'Whoever you stand in for may not decide on this request, and so nobody does in their place.',
    })
  })

  it.each(['deployer', 'key_creator'] as const)(
    'is not told, reminded or mailed where they are excluded as %s',
    async (exclusion) => {
      const { admin } = await pay(`exclude: [${exclusion}],`, 'role:admin')
      const { id } = await createGroup(admin, { slug: 'payers' })
      for (const { actor } of [admin, lead]) await addGroupMember(admin, { id, user_id: actor.id })
      const config = `approval: { tools: [{ gated: { reviewers: [payers], exclude: [${exclusion}] } }] }`
      await deployAgent(admin, { name: 'payer', config })
      if (exclusion === 'key_creator')
        await db.update(keys).set({ createdBy: admin.actor.id }).where(eq(keys.id, test.agent.actor.id))
      asked = await test.ask({ agent: 'payer' })
      expect((await readApproval(admin, asked.id)).can_decide?.because).toBe('excluded')
      await tellAll()
      await remindAtShare(db, asked.id, 0.51)
      expect((await told()).toSorted()).toEqual(['half_time 2', 'requested 2'])
      expect(await listWaitingItems(db, test.project.id, admin.actor.id)).toEqual([])
    },
  )

  it('is not reminded after a vote, until it is withdrawn, nor asked anew by an escalation', async () => {
    await pay('', 'role:reviewer')
    asked = await test.ask({ agent: 'payer' })
    await tellAll()
    await decideApproval(ann, { id: asked.id, decision: 'approve' })
    await remindAtShare(db, asked.id, 0.51)
    const ofThem = async () => (await told()).filter((one) => !one.endsWith('-1')).toSorted()
    expect(await ofThem()).toEqual([
      'half_time 1',
      'half_time 2',
      'requested 0',
      'requested 1',
      'your_turn 2',
    ])
    await decideApproval(ann, { id: asked.id, decision: 'withdraw' })
    await remindAtShare(db, asked.id, 0.91)
    expect((await ofThem()).filter((one) => one.endsWith('0'))).toEqual(['last_call 0', 'requested 0'])
  })

  it('finds it in the list of what is theirs, until they have voted', async () => {
    const mine = async (who: typeof reviewer) => {
      const ids = (await readApprovalsVerb(who, { limit: 50, mine: 'true' })).items.map(({ id }) => id)
      expect((await countApprovalsVerb(who, { mine: 'true' })).matching).toBe(ids.length)
      return ids
    }
    expect(await readShare(lead)).toBe('others')
    const plain = await test.ask()
    const own = await startRun(test.agent, { agent: 'tester', initiator: ann.actor.email, source: {} })
    const anns = await test.ask({ run_id: own.run.id })
    expect(await mine(ann)).toEqual([plain.id, asked.id])
    expect(await mine(eva)).toEqual([anns.id, plain.id, asked.id])
    expect(await mine(lead)).toEqual([anns.id, plain.id])
    expect(await mine(await test.member('viewer'))).toEqual([])
    await decideApproval(lead, { id: plain.id, decision: 'approve' })
    expect(await mine(ann)).toEqual([asked.id])
    await expect(readApprovalsVerb(test.agent, { limit: 50, mine: 'true' })).rejects.toEqual(
      refused('forbidden'),
    )
    await assignVerb(ann, { id: anns.id, user_id: lead.actor.id })
    const ofLead = await readApprovalsVerb(test.agent, { limit: 50, assignee: lead.actor.id })
    expect(ofLead.items.map(({ id }) => id)).toEqual([anns.id])
    const ofNobody = await readApprovalsVerb(test.agent, { limit: 50, assignee: 'none' })
    expect(ofNobody.items.map(({ id }) => id)).toEqual([asked.id])
    expect([await readShare(ann), await readShare(lead)]).toEqual(['own', 'own'])
    expect(await told()).toEqual([])
    const [notice] = await db.select().from(notices).where(eq(notices.subjectId, anns.id))
    expect(notice).toMatchObject({ kind: 'assigned', userId: lead.actor.id })
  })

  it('counts as theirs what the list has: not what excludes them or has their vote, but what they take care of', async () => {
    const admin = await test.member('admin')
    const config = `approval:
  tools:
    - pay: { reviewers: { from: [finance], approvals: 2 }, exclude: [deployer, initiator] }
    - own: { self_approval: never }
    - "*"
`
    await deployAgent(admin, { name: 'two', config })
    const run = async (initiator?: string) =>
      (await startRun(test.agent, { agent: 'two', initiator, source: {} })).run.id
    const plain = await run()
    const ofAnn = await run(ann.actor.email.toUpperCase())
    const pay = await test.ask({ run_id: plain, tool: 'pay' })
    const anns = await test.ask({ run_id: ofAnn, tool: 'pay' })
    const own = await test.ask({ run_id: ofAnn, tool: 'own' })
    const mine = async (who: typeof reviewer) => {
      const ids = (await readApprovalsVerb(who, { limit: 50, mine: 'true' })).items.map(({ id }) => id)
      expect((await countApprovalsVerb(who, { mine: 'true' })).matching).toBe(ids.length)
      return ids.filter((id) => id !== asked.id).toSorted()
    }
    expect(await mine(ann)).toEqual([pay.id])
    expect(await mine(eva)).toEqual([pay.id, own.id].toSorted())
    expect(await mine(await test.member('owner'))).toEqual([own.id])
    await decideApproval(ann, { id: pay.id, decision: 'approve' })
    expect(await mine(ann)).toEqual([])
    await decideApproval(ann, { id: pay.id, decision: 'withdraw' })
    expect(await mine(ann)).toEqual([pay.id])
    await assignVerb(admin, { id: anns.id, user_id: ann.actor.id })
    expect(await mine(ann)).toEqual([pay.id, anns.id].toSorted())
    const counted = await countApprovalsVerb(ann, { mine: 'true', run_id: ofAnn })
    expect(counted).toMatchObject({ pending: 4, matching: 1 })
    await expect(countApprovalsVerb(test.agent, { mine: 'true' })).rejects.toEqual(refused('forbidden'))
    expect(await readShare((await makeTestProject(db)).agent)).toBe('none')
  })
})
