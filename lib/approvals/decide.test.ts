import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { approvalEvents, approvals, decisions } from '@/db/schema/approvals'
import { auditEntries } from '@/db/schema/audit'
import { members, projects, sessions } from '@/db/schema/identity'
import { runs } from '@/db/schema/runs'
import type { Context, MemberActor } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { credentialName } from '@/lib/rights'
import { startRun } from '@/lib/runs/start'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, signedIn, type TestProject } from '@/lib/testing/project'
import { onWake } from '@/lib/wake/wake'
import { cancelApproval } from './cancel'
import { claimApproval } from './claim'
import { decideApproval, decideOnce } from './decide'
import { decideApprovals } from './decide-many'
import { expireApprovals } from './expire'
import type { DecideInput } from './schemas'
import { waitForApproval } from './wait'

let db: Database
let close: () => Promise<void>
let test: TestProject

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase(60))
  test = await makeTestProject(db)
})
afterAll(() => close())

/** The codes of the refusals that stand on record. */
const refusalsOf = async (id: string) =>
  (await entriesOf(id))
    .filter(({ action }) => action === 'approval.decision_refused')
    .map(({ detail }) => (JSON.parse(detail ?? '') as { code: string }).code)

const entriesOf = (id: string) =>
  db.select().from(auditEntries).where(eq(auditEntries.targetId, id)).orderBy(auditEntries.ordinal)

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
  return 'done'
}

const makeDue = (id: string) =>
  db
    .update(approvals)
    .set({ expiresAt: sql`clock_timestamp() - interval '1 millisecond'` })
    .where(eq(approvals.id, id))

describe('decideApproval refuses', () => {
  it('an agent key, a viewer, and a member of another project', async () => {
    const { id } = await test.ask()
    const viewer = await test.member('viewer')
    const other = await (await makeTestProject(db)).member('owner')
    expect(await codeOf(decideApproval(test.agent, { id, decision: 'approve' }))).toBe(
      'agent_key_cannot_decide',
    )
    expect(await codeOf(decideApproval(viewer, { id, decision: 'approve' }))).toBe('forbidden')
    expect(await codeOf(decideApproval(other, { id, decision: 'approve' }))).toBe('not_found')
    expect(await refusalsOf(id)).toEqual(['agent_key_cannot_decide', 'forbidden'])
  })

  it('a member whose role was lowered or who was removed after the request began', async () => {
    const { id } = await test.ask()
    const reviewer = await test.member('reviewer')
    await db.update(members).set({ role: 'viewer' }).where(eq(members.userId, reviewer.actor.id))
    expect(await codeOf(decideApproval(reviewer, { id, decision: 'approve' }))).toBe('forbidden')
    await db.delete(members).where(eq(members.userId, reviewer.actor.id))
    expect(await codeOf(decideApproval(reviewer, { id, decision: 'approve' }))).toBe('unauthenticated')
    expect(await refusalsOf(id)).toEqual(['forbidden'])
  })

  it('a wrong digest, and takes the right one', async () => {
    const { id, digest } = await test.ask()
    const reviewer = await test.member('reviewer')
    const wrong = `sha256:${'0'.repeat(64)}`
    expect(await codeOf(decideApproval(reviewer, { id, decision: 'approve', digest: wrong }))).toBe(
      'digest_mismatch',
    )
    expect((await decideApproval(reviewer, { id, decision: 'approve', digest })).status).toBe('approved')
  })

  it('the person that the run names as its initiator, unless the project allows it', async () => {
    const reviewer = await test.member('reviewer')
    const initiator = reviewer.actor.email.toUpperCase()
    const { run } = await startRun(test.agent, { agent: 'tester', initiator, source: {} })
    const { id } = await test.ask({ run_id: run.id })
    expect(await codeOf(decideApproval(reviewer, { id, decision: 'approve' }))).toBe('own_request')
    await db.update(projects).set({ allowOwnRequest: true }).where(eq(projects.id, test.project.id))
    expect((await decideApproval(reviewer, { id, decision: 'approve' })).status).toBe('approved')
    await db.update(projects).set({ allowOwnRequest: false }).where(eq(projects.id, test.project.id))
  })

  it('whoever comes late, with the approval as it is, and says so in the database', async () => {
    const reviewer = await test.member('reviewer')
    const { id } = await test.ask()
    await makeDue(id)
    const error = await decideApproval(reviewer, { id, decision: 'approve' }).catch(
      (caught: AppError) => caught,
    )
    expect(error).toMatchObject({
      code: 'expired',
      members: { approval: { status: 'expired', decision: null } },
    })
    expect((await entriesOf(id)).map((entry) => entry.action)).toEqual(['approval.expired'])
    const cancelled = await test.ask()
    await cancelApproval(test.agent, { id: cancelled.id })
    expect(await codeOf(decideApproval(reviewer, { id: cancelled.id, decision: 'approve' }))).toBe(
      'cancelled',
    )
  })
})

describe('decideApproval', () => {
  it('writes decision, run, audit entry and outbox together', async () => {
    const reviewer = await test.member('reviewer')
    const asked = await test.ask({ params: { order_id: 'ORD-7', amount: 5 } })
    const approval = await decideApproval(reviewer, {
      id: asked.id,
      decision: 'approve',
      reason: 'Looks right.',
    })
    expect(approval).toMatchObject({
      status: 'approved',
      next: { action: 'execute' },
      decision: {
        decision: 'approve',
        reason: 'Looks right.',
        via: 'api',
        reviewer: { email: reviewer.actor.email },
      },
    })
    const [run] = await db.select().from(runs).where(eq(runs.id, asked.run_id))
    expect(run).toMatchObject({ status: 'running', pendingCount: 0, finishedAt: null })
    const [entry, ...more] = await entriesOf(asked.id)
    expect(more).toEqual([])
    expect(entry).toMatchObject({
      action: 'approval.approved',
      actorId: reviewer.actor.id,
      actorType: 'user',
    })
    expect(JSON.parse(entry?.detail ?? '')).toMatchObject({
      tool: 'gated',
      params: { order_id: 'ORD-7', amount: 5 },
      digest: asked.digest,
      reason: 'Looks right.',
      policy_version: 1,
      rule: { tool: 'gated', outcome: 'always' },
    })
    const events = await db.select().from(approvalEvents).where(eq(approvalEvents.approvalId, asked.id))
    expect(events.map((event) => event.type).sort()).toEqual(['approved', 'requested'])
  })

  it('with fail: a rejection ends the run with the reason and cancels what else is pending', async () => {
    const reviewer = await test.member('reviewer')
    const first = await test.ask()
    const second = await test.ask({ run_id: first.run_id })
    const rejected = await decideApproval(reviewer, {
      id: first.id,
      decision: 'reject',
      reason: 'Wrong account.',
    })
    expect(rejected.next).toMatchObject({
      action: 'stop',
      message: expect.stringContaining('Wrong account.'),
    })
    const [run] = await db.select().from(runs).where(eq(runs.id, first.run_id))
    expect(run).toMatchObject({
      status: 'failed',
      pendingCount: 0,
      error: expect.stringContaining('Wrong account.'),
    })
    const [other] = await db.select().from(approvals).where(eq(approvals.id, second.id))
    expect(other?.status).toBe('cancelled')
    expect((await entriesOf(second.id)).map((entry) => entry.action)).toEqual(['approval.cancelled'])
  })

  it('with continue: the run goes on once nothing of it is pending', async () => {
    const reviewer = await test.member('reviewer')
    const first = await test.ask({ tool: 'soft' })
    const second = await test.ask({ tool: 'soft', run_id: first.run_id })
    const statusOfRun = async () => (await db.select().from(runs).where(eq(runs.id, first.run_id)))[0]?.status
    const rejected = await decideApproval(reviewer, {
      id: first.id,
      decision: 'reject',
      reason: 'Not today.',
    })
    expect(rejected.next).toMatchObject({
      action: 'continue',
      message: expect.stringContaining('Not today.'),
    })
    expect(await statusOfRun()).toBe('awaiting_approval')
    await decideApproval(reviewer, { id: second.id, decision: 'approve' })
    expect(await statusOfRun()).toBe('running')
  })

  it('changes nothing where the audit entry cannot be written', async () => {
    const reviewer = await test.member('reviewer')
    const { id, run_id: runId } = await test.ask()
    await db.execute(sql`create function refuse_audit() returns trigger language plpgsql as $$
      begin raise exception 'the audit log is full'; end $$`)
    await db.execute(
      sql`create trigger refuse_audit before insert on audit_entries execute function refuse_audit()`,
    )
    try {
      await expect(decideApproval(reviewer, { id, decision: 'approve' })).rejects.toThrow(
        'the audit log is full',
      )
    } finally {
      await db.execute(sql`drop trigger refuse_audit on audit_entries`)
      await db.execute(sql`drop function refuse_audit()`)
    }
    const [approval] = await db.select().from(approvals).where(eq(approvals.id, id))
    const [run] = await db.select().from(runs).where(eq(runs.id, runId))
    expect([approval?.status, run?.status]).toEqual(['pending', 'awaiting_approval'])
    expect(await db.select().from(decisions).where(eq(decisions.approvalId, id))).toEqual([])
  })

  it('of 50 deciders at once, in 20 rounds, lets one win, with one audit entry', async () => {
    const people = await Promise.all([1, 2, 3, 4, 5].map(() => test.member('reviewer')))
    for (let round = 0; round < 20; round++) {
      const { id } = await test.ask()
      const codes = await Promise.all(
        Array.from({ length: 50 }, (_, i) => {
          const person = people[i % people.length]
          if (!person) throw new Error('nobody')
          const decision = i % 2 === 0 ? 'approve' : 'reject'
          return codeOf(decideApproval(person, { id, decision, reason: `try ${i}` }))
        }),
      )
      expect(codes.filter((code) => code === 'done')).toHaveLength(1)
      expect(codes.filter((code) => code === 'already_decided')).toHaveLength(49)
      expect(await entriesOf(id)).toHaveLength(1)
    }
  }, 120_000)

  it('races with the sweeper and the agent end in one outcome, the same everywhere', async () => {
    const reviewer = await test.member('reviewer')
    for (let round = 0; round < 20; round++) {
      const { id, run_id: runId } = await test.ask()
      await db
        .update(approvals)
        .set({ expiresAt: sql`clock_timestamp() + interval '3 milliseconds'` })
        .where(eq(approvals.id, id))
      await Promise.all([
        codeOf(decideApproval(reviewer, { id, decision: 'approve' })),
        codeOf(cancelApproval(test.agent, { id })),
        expireApprovals(db),
        new Promise((resolve) => setTimeout(resolve, 4)).then(() => expireApprovals(db)),
      ])
      await expireApprovals(db)
      const [approval] = await db.select().from(approvals).where(eq(approvals.id, id))
      const made = await db.select().from(decisions).where(eq(decisions.approvalId, id))
      const [run] = await db.select().from(runs).where(eq(runs.id, runId))
      expect((await entriesOf(id)).map((entry) => entry.action)).toEqual([`approval.${approval?.status}`])
      expect(made.length).toBe(approval?.status === 'approved' ? 1 : 0)
      expect(run?.status).toBe(approval?.status === 'expired' ? 'failed' : 'running')
    }
  })

  it('said again alike within a minute is answered and not written', async () => {
    const reviewer = await test.member('reviewer')
    const { id, digest } = await test.ask()
    const input = { id, decision: 'approve', reason: 'Fine.' } as const
    const first = await decideOnce(reviewer, input)
    const again = await decideOnce(await signedIn(reviewer), { ...input, digest })
    expect([first.isReplay, again.isReplay]).toEqual([false, true])
    expect(again.approval).toEqual(first.approval)
    const unlike: [Context<MemberActor>, Partial<DecideInput>][] = [
      [await test.member('reviewer'), {}],
      [reviewer, { reason: 'Fine' }],
      [reviewer, { reason: null }],
      [reviewer, { decision: 'reject' }],
      [reviewer, { digest: `sha256:${'0'.repeat(64)}` }],
    ]
    for (const [who, change] of unlike)
      expect(await codeOf(decideOnce(who, { ...input, ...change }))).toBe('already_decided')
    const decidedAgo = (seconds: number) =>
      db.execute(sql`update approvals set requested_at = requested_at - interval '5 minutes',
        resolved_at = clock_timestamp() - make_interval(secs => ${seconds}::int) where id = ${id}`)
    await decidedAgo(58)
    expect(await codeOf(decideOnce(reviewer, input))).toBe('done')
    await decidedAgo(61)
    expect(await codeOf(decideOnce(reviewer, input))).toBe('already_decided')
    expect((await entriesOf(id)).map(({ action }) => action)).toEqual(['approval.approved'])
  })

  it('said twenty times at once by one member is one decision, and no refusal', async () => {
    const reviewer = await test.member('reviewer')
    for (const decision of ['approve', 'reject'] as const) {
      const { id } = await test.ask()
      const input = { id, decision, reason: 'Said often.' }
      const all = await Promise.all(Array.from({ length: 20 }, () => decideOnce(reviewer, input)))
      expect(all.filter(({ isReplay }) => !isReplay)).toHaveLength(1)
      for (const { approval } of all) expect(approval).toEqual(all[0]?.approval)
      expect((await entriesOf(id)).map(({ action }) => action)).toEqual([
        decision === 'approve' ? 'approval.approved' : 'approval.rejected',
      ])
    }
  })

  it('leaves rows in other states untouched', async () => {
    const reviewer = await test.member('reviewer')
    const approved = await test.ask()
    await decideApproval(reviewer, { id: approved.id, decision: 'approve' })
    const [before] = await db.select().from(approvals).where(eq(approvals.id, approved.id))
    expect(await codeOf(decideApproval(reviewer, { id: approved.id, decision: 'reject' }))).toBe(
      'already_decided',
    )
    expect(await codeOf(cancelApproval(test.agent, { id: approved.id }))).toBe('already_decided')
    const [after] = await db.select().from(approvals).where(eq(approvals.id, approved.id))
    expect(after).toEqual(before)
  })
})

describe('decideApprovals', () => {
  it('decides each for itself', async () => {
    const reviewer = await test.member('reviewer')
    const [a, b] = [await test.ask(), await test.ask()]
    await decideApproval(reviewer, { id: b.id, decision: 'reject' })
    const { results } = await decideApprovals(reviewer, {
      items: [a, b, { id: 'apr_no' }].map(({ id }) => ({ id, decision: 'approve' as const })),
    })
    expect(results.map((result) => result.status)).toEqual([201, 409, 400])
  })
})

describe('claimApproval', () => {
  const call = { tool: 'gated', params: { order_id: 'ORD-1', amount: 2400 } }

  async function approved() {
    const reviewer = await test.member('reviewer')
    const { id } = await test.ask()
    await decideApproval(reviewer, { id, decision: 'approve' })
    return id
  }

  it('refuses what is not approved, changed, used or late, and records it', async () => {
    const pending = await test.ask()
    expect(await codeOf(claimApproval(test.agent, { id: pending.id, ...call }))).toBe('not_approved')
    const id = await approved()
    const changed = { ...call, params: { ...call.params, amount: 2401 } }
    expect(await codeOf(claimApproval(test.agent, { id, ...changed }))).toBe('params_mismatch')
    expect(await codeOf(claimApproval(test.agent, { id, ...call, tool: 'other' }))).toBe('params_mismatch')
    expect(await codeOf(claimApproval(test.agent, { id, ...call }))).toBe('done')
    expect(await codeOf(claimApproval(test.agent, { id, ...call }))).toBe('already_claimed')
    expect((await entriesOf(id)).map((entry) => entry.action)).toEqual([
      'approval.approved',
      'approval.claim_refused',
      'approval.claim_refused',
      'approval.claimed',
      'approval.claim_refused',
    ])
    const late = await approved()
    const minutesAgo = (minutes: number) =>
      db
        .update(approvals)
        .set({ resolvedAt: sql`clock_timestamp() - make_interval(mins => ${minutes}::int)` })
        .where(eq(approvals.id, late))
    await minutesAgo(15)
    expect(await codeOf(claimApproval(test.agent, { id: late, ...call }))).toBe('grant_expired')
    await minutesAgo(14)
    expect(await codeOf(claimApproval(test.agent, { id: late, ...call }))).toBe('done')
  })

  it('of 20 claims at once lets one through', async () => {
    const id = await approved()
    const codes = await Promise.all(
      Array.from({ length: 20 }, () => codeOf(claimApproval(test.agent, { id, ...call }))),
    )
    expect(codes.filter((code) => code === 'done')).toHaveLength(1)
  })

  it('is not for members, other scopes or other projects', async () => {
    const id = await approved()
    const owner = await test.member('owner')
    const reader = await test.key(['read'])
    const other = await makeTestProject(db)
    expect(await codeOf(claimApproval(owner, { id, ...call }))).toBe('agent_key_required')
    expect(await codeOf(claimApproval(reader, { id, ...call }))).toBe('forbidden')
    expect(await codeOf(claimApproval(other.agent, { id, ...call }))).toBe('not_found')
    expect(await codeOf(claimApproval(await test.key(['run']), { id, ...call }))).toBe('done')
  })
})

describe('expireApprovals', () => {
  it('expires what is due and nothing else, in all projects', async () => {
    const other = await makeTestProject(db)
    const [due, foreign, fresh] = [await test.ask({ tool: 'soft' }), await other.ask(), await test.ask()]
    await makeDue(due.id)
    await makeDue(foreign.id)
    await expireApprovals(db)
    const rows = await db
      .select({ id: approvals.id, status: approvals.status })
      .from(approvals)
      .where(and(sql`${approvals.id} in (${due.id}, ${foreign.id}, ${fresh.id})`))
    const statusOf = (id: string) => rows.find((row) => row.id === id)?.status
    expect([statusOf(due.id), statusOf(foreign.id), statusOf(fresh.id)]).toEqual([
      'expired',
      'expired',
      'pending',
    ])
    const [run] = await db.select().from(runs).where(eq(runs.id, due.run_id))
    expect(run?.status).toBe('running')
  })
})

describe('who waits when it is decided', () => {
  it('by a key, a token or a browser session hears of it, and nobody whose session has ended', async () => {
    const { id } = await test.ask()
    const reviewer = await test.member('reviewer')
    const [browser, ended] = [await signedIn(reviewer), await signedIn(reviewer)]
    await db.delete(sessions).where(eq(sessions.sessionToken, ended.actor.sessionToken ?? ''))
    const how = { seconds: 20, mostWaits: 0, signal: new AbortController().signal, isNew: true }
    const heard = [test.agent, reviewer, browser, ended].map((ctx) =>
      waitForApproval(ctx, id, how).then(
        ({ status }) => status,
        (error: AppError) => error.code,
      ),
    )
    const live = new Set<string>()
    const leave = onWake((wakes) => {
      for (const { settled } of wakes) for (const name of settled?.live ?? []) live.add(name)
    })
    await decideApproval(reviewer, { id, decision: 'approve' }).finally(leave)
    expect(await Promise.all(heard)).toEqual(['approved', 'approved', 'approved', 'unauthenticated'])
    // by the decision's own answer, without another look
    expect(live).toEqual(new Set([test.agent, reviewer, browser].map(({ actor }) => credentialName(actor))))
  })
})
