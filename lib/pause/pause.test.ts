import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { approvals } from '@/db/schema/approvals'
import { toolCalls } from '@/db/schema/runs'
import { askApproval } from '@/lib/approvals/ask'
import { askMany } from '@/lib/approvals/ask-many'
import { cancelApproval } from '@/lib/approvals/cancel'
import { claimApproval } from '@/lib/approvals/claim'
import { decideApproval } from '@/lib/approvals/decide'
import { readApproval } from '@/lib/approvals/read'
import type { Context, MemberActor } from '@/lib/context'
import type { AppError } from '@/lib/errors'
import { startRun } from '@/lib/runs/start'
import { codeOf } from '@/lib/testing/code-of'
import { openTwoPools } from '@/lib/testing/open-database'
import { holdLocks, untilWaiting } from '@/lib/testing/hold'
import { auditOf, withoutAudit } from '@/lib/testing/person'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { pauseAgent, pauseProject, resumeAgent, resumeProject } from './pause'

let db: Database
/** Another process, as it were. */
let other: Database
let close: () => Promise<void>
let test: TestProject
let reviewer: Context<MemberActor>
let admin: Context<MemberActor>

beforeAll(async () => {
  ;({ db, other, close } = await openTwoPools(6))
})
afterAll(() => close())
beforeEach(async () => {
  test = await makeTestProject(db)
  reviewer = await test.member('reviewer')
  admin = await test.member('admin')
})

const params = { order_id: 'ORD-1', amount: 2400 }
const why = { name: 'tester', reason: 'It sends nonsense.' }
const pause = () => pauseAgent(reviewer, why)
const resume = () => resumeAgent(admin, { name: 'tester', reason: 'Mended.' })

async function approved() {
  const asked = await test.ask()
  await decideApproval(reviewer, { id: asked.id, decision: 'approve' })
  return asked
}
const claim = (id: string, ctx: Context = test.agent, claimId?: string) =>
  claimApproval(ctx, { id, tool: 'gated', params, ...(claimId && { claim_id: claimId }) })

const ask = (tool: string, more: object = {}, ctx: Context = test.agent) =>
  askApproval(ctx, { agent: 'tester', tool, params: {}, source: { params: '{}' }, ...more })

describe('while an agent is paused', () => {
  it('nothing of it is released, and what is no release goes on', async () => {
    const [ready, waiting, unwanted, withdrawn] = [
      await approved(),
      await test.ask(),
      await test.ask(),
      await test.ask(),
    ]
    const claimed = await approved()
    await claim(claimed.id, test.agent, 'claim_1')
    const free = await ask('harmless', { tool_call_id: 'free_1' })
    const held = await ask('gated', { tool_call_id: 'held_1' })
    const paused = await pause()
    expect(paused.paused).toMatchObject({ by: reviewer.actor.label, reason: why.reason })

    const refusal = await claim(ready.id).catch((error: unknown) => error as AppError)
    expect(refusal).toMatchObject({
      code: 'agent_paused',
      headers: { 'Retry-After': '60' },
      members: { paused: paused.paused, approval: { id: ready.id, next: { action: 'wait' } } },
    })
    expect(await codeOf(claim(claimed.id, test.agent, 'claim_1'))).toBe('agent_paused')
    expect(await codeOf(claim(claimed.id, test.agent, 'claim_2'))).toBe('already_claimed')
    expect(await codeOf(ask('harmless'))).toBe('agent_paused')
    expect(await codeOf(ask('gated'))).toBe('agent_paused')
    expect(await codeOf(ask('harmless', { tool_call_id: 'free_1' }))).toBe('agent_paused')
    expect((await ask('gated', { tool_call_id: 'held_1' })).answer).toMatchObject({
      next: { action: 'wait' },
    })
    expect(await codeOf(decideApproval(reviewer, { id: waiting.id, decision: 'approve' }))).toBe(
      'agent_paused',
    )
    expect((await decideApproval(reviewer, { id: unwanted.id, decision: 'reject' })).status).toBe('rejected')
    expect((await cancelApproval(test.agent, { id: withdrawn.id })).status).toBe('cancelled')
    expect((await readApproval(test.agent, ready.id)).next.action).toBe('wait')
    expect(free.answer.required).toBe(false)
    expect(held.answer.required).toBe(true)

    await resume()
    expect((await claim(ready.id)).approval.claimed_at).not.toBeNull()
    expect((await claim(claimed.id, test.agent, 'claim_1')).isReplay).toBe(true)
    expect((await ask('harmless')).answer.required).toBe(false)
    expect((await decideApproval(reviewer, { id: waiting.id, decision: 'approve' })).status).toBe('approved')
  })

  it('several calls that are asked for together are refused each, and those that were held before are told of', async () => {
    const run = await startRun(test.agent, { agent: 'tester', source: {} })
    const calls = [
      { tool_call_id: 'one', tool: 'harmless', params: {} },
      { tool_call_id: 'two', tool: 'gated', params: {} },
    ]
    await askMany(test.agent, { run_id: run.run.id, calls: calls.slice(1) })
    await pause()
    const [one, two] = await askMany(test.agent, { run_id: run.run.id, calls })
    expect([one, two]).toMatchObject([{ code: 'agent_paused' }, { answer: { next: { action: 'wait' } } }])
  })

  it('a call that was asked for and not started is not started', async () => {
    const startId = { tool_call_id: 'start_1', start_id: 'start_me' }
    await ask('harmless', { tool_call_id: 'start_1' })
    await pause()
    expect(await codeOf(ask('harmless', startId))).toBe('agent_paused')
    const [row] = await db.select().from(toolCalls).where(eq(toolCalls.toolCallId, 'start_1'))
    expect(row?.startHash).toBeNull()
  })

  it('so is everything while the project is, and agents of others go on', async () => {
    const ready = await approved()
    const elsewhere = await makeTestProject(db)
    expect((await pauseProject(reviewer, { reason: 'All of it.' })).paused).toMatchObject({
      reason: 'All of it.',
    })
    expect(await codeOf(claim(ready.id))).toBe('agent_paused')
    expect(await codeOf(ask('harmless'))).toBe('agent_paused')
    expect((await askApproval(elsewhere.agent, { agent: 'tester', tool: 'harmless', params: {}, source: { params: '{}' } })).answer.required).toBe(false) // prettier-ignore
    await pause()
    await resumeProject(admin, { reason: 'Mended.' })
    expect(await codeOf(claim(ready.id))).toBe('agent_paused')
    await resume()
    expect(await codeOf(claim(ready.id))).toBe('done')
  })
})

describe('who may', () => {
  it('pause: reviewers and whoever has the terminal; let go on: admins; agents’ keys neither', async () => {
    const viewer = await test.member('viewer')
    const elsewhere = await (await makeTestProject(db)).member('owner')
    expect(await codeOf(pauseAgent(test.agent, why))).toBe('agent_key_cannot_decide')
    expect(await codeOf(resumeAgent(test.agent, why))).toBe('agent_key_cannot_decide')
    expect(await codeOf(pauseProject(test.agent, why))).toBe('agent_key_cannot_decide')
    expect(await codeOf(pauseAgent(viewer, why))).toBe('forbidden')
    expect(await codeOf(pauseAgent(elsewhere, { ...why, name: 'nobody' }))).toBe('not_found')
    expect(await codeOf(pause())).toBe('done')
    expect(await codeOf(resumeAgent(reviewer, why))).toBe('forbidden')
    expect(await codeOf(resumeAgent(test.system, why))).toBe('done')
    expect(await auditOf(db, test.project.id, 'agent.paused')).toMatchObject([
      { actor: reviewer.actor.id, detail: { agent: 'tester', reason: why.reason } },
    ])
    expect(await auditOf(db, test.project.id, 'agent.resumed')).toHaveLength(1)
  })

  it('pause twice: the first reason and time stay, and one entry is on record', async () => {
    const first = await pause()
    const again = await pauseAgent(admin, { name: 'tester', reason: 'Another.' })
    expect(again.paused).toEqual(first.paused)
    expect(await auditOf(db, test.project.id, 'agent.paused')).toHaveLength(1)
  })

  it('changes nothing where it cannot be recorded', async () => {
    await withoutAudit(db, () => codeOf(pause()))
    expect((await ask('harmless')).answer.required).toBe(false)
  })
})

describe('once a pause was acknowledged', () => {
  const inOther = (): Context => ({ ...test.agent, db: other })

  it(
    'of 1,000 claims and as many free asks that race with it none is released later',
    { timeout: 180_000 },
    async () => {
      const { id } = await test.ask()
      // As many approvals as there are claims, each of a run of its own, as if they had been decided just now.
      await decideApproval(reviewer, { id, decision: 'approve' })
      await db.execute(sql`
      with more as (select n from generate_series(1, 1000) n),
      run as (insert into runs select (jsonb_populate_record(r, jsonb_build_object('id', r.id || n, 'external_id', null))).*
        from more, runs r where r.id = (select run_id from approvals where id = ${id})),
      call as (insert into tool_calls select (jsonb_populate_record(c, jsonb_build_object('id', c.id || n, 'run_id', c.run_id || n,
        'tool_call_id', 'n' || n, 'ask_key', null))).* from more, tool_calls c where c.id = (select call_id from approvals where id = ${id}))
      insert into approvals select (jsonb_populate_record(a, jsonb_build_object('id', left(a.id, 26) || lpad(n::text, 4, '0'),
        'run_id', a.run_id || n, 'call_id', a.call_id || n, 'resolved_at', clock_timestamp()))).*
      from more, approvals a where a.id = ${id}`)
      const ids = (
        await db.select({ id: approvals.id }).from(approvals).where(eq(approvals.projectId, test.project.id))
      ).flatMap((one) => (one.id === id ? [] : [one.id]))
      expect(ids).toHaveLength(1000)
      let acknowledged = false
      const late: string[] = []
      const outcomes = new Map<string, number>()
      const note = async (work: Promise<unknown>) => {
        const begunLater = acknowledged
        const code = await codeOf(work)
        if (code === 'done' && begunLater) late.push('released')
        outcomes.set(code, (outcomes.get(code) ?? 0) + 1)
      }
      const work = ids.flatMap((one, at) => {
        const ctx = at % 2 === 0 ? test.agent : inOther()
        return [() => note(claim(one, ctx)), () => note(ask('harmless', {}, ctx))]
      })
      const paused = (async () => {
        while ((outcomes.get('done') ?? 0) < 150) await new Promise((resolve) => setTimeout(resolve, 1))
        await pause()
        acknowledged = true
        const [row] = await db.execute<{ now: string }>(sql`select clock_timestamp() as now`)
        return new Date(row?.now ?? '')
      })()
      const worker = async () => {
        for (let one = work.shift(); one; one = work.shift()) await one()
      }
      await Promise.all(Array.from({ length: 24 }, worker))
      const at = await paused
      expect(late).toEqual([])
      expect(outcomes.get('done')).toBeGreaterThanOrEqual(150)
      expect(outcomes.get('agent_paused')).toBeGreaterThan(500)
      expect(
        [...outcomes.keys()].filter((code) => !['done', 'agent_paused', 'unavailable'].includes(code)),
      ).toEqual([])
      const [released] = await db.execute<{ claims: number; calls: number }>(sql`
      select (select count(*)::int from approvals where project_id = ${test.project.id} and claimed_at > ${at.toISOString()}::timestamptz) as claims,
        (select count(*)::int from tool_calls where project_id = ${test.project.id} and not required and started_at > ${at.toISOString()}::timestamptz) as calls`)
      expect(released).toEqual({ claims: 0, calls: 0 })
    },
  )

  it('a claim that was stalled on its run’s lock reads the flag again', async () => {
    const ready = await approved()
    const held = await holdLocks(other, sql`select from runs where id = ${ready.run_id} for update`)
    const stalled = codeOf(claim(ready.id))
    await untilWaiting(db, 1)
    await pause()
    await held.letGo()
    expect(await stalled).toBe('agent_paused')
  })

  it('and it waits for one that is already past it', async () => {
    const ready = await approved()
    const held = await holdLocks(other, sql`select from approvals where id = ${ready.id} for update`)
    const first = claim(ready.id)
    await untilWaiting(db, 1)
    let isPaused = false
    const pausing = pause().then(() => (isPaused = true))
    await untilWaiting(db, 2)
    expect(isPaused).toBe(false)
    // Whoever comes meanwhile is not let by.
    expect(await codeOf(ask('harmless'))).not.toBe('done')
    await held.letGo()
    expect((await first).approval.claimed_at).not.toBeNull()
    await pausing
  })

  it('a statement that began before it sees it all the same', async () => {
    // A promise of drizzle's begins when it is awaited.
    const slow = Promise.all([
      other.execute<{ may: boolean }>(sql`
      with slept as materialized (select pg_sleep(1.5)),
      asked as materialized (select id, project_id from agents where project_id = ${test.project.id})
      select may_release(asked.id, asked.project_id) as may, (select paused_at from agents a where a.id = asked.id) as seen
      from slept, asked`),
    ])
    const isAsleep = async () =>
      (
        await db.execute(
          sql`select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`,
        )
      ).length > 0
    await expect.poll(isAsleep, { interval: 20 }).toBe(true)
    await pause()
    expect(await slow).toEqual([[{ may: false, seen: null }]])
  })
})
