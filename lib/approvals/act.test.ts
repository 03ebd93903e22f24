import { setTimeout as pause } from 'node:timers/promises'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { approvalEvents, approvals, decisions } from '@/db/schema/approvals'
import { auditEntries } from '@/db/schema/audit'
import { keys, members } from '@/db/schema/identity'
import { runs, toolCalls } from '@/db/schema/runs'
import type { Tap } from '@/lib/cli/bench/tap'
import type { Context, KeyActor, MemberActor } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { recordResult } from '@/lib/runs/record-result'
import { startRun } from '@/lib/runs/start'
import { codeOf } from '@/lib/testing/code-of'
import { makeTestProject, signedIn, type TestProject } from '@/lib/testing/project'
import { openTapped } from '@/lib/testing/tapped'
import { askApproval, type Ask } from './ask'
import { claimApproval } from './claim'
import { decideApproval } from './decide'
import { takeDecided } from './lately-decided'
import type { Approval } from './schemas'

let tap: Tap
let db: Database
let close: () => Promise<void>
let test: TestProject
let agent: Context<KeyActor>
let reviewer: Context<MemberActor>

beforeAll(async () => {
  ;({ tap, db, test, reviewer, close } = await openTapped())
  agent = test.agent
})
afterAll(() => close())

const params = { order_id: 'ORD-1', amount: 2400, z: [1, { b: null, a: 'é' }] }
let calls = 0

function ask(more: Partial<Ask> = {}): Ask {
  const call = { tool: 'gated', tool_call_id: `call-${calls++}`, ...more }
  const where = call.run_id === undefined ? { agent: 'tester' } : {}
  return { ...where, ...call, params, source: { params: JSON.stringify(params) } }
}

async function held(input: Ask): Promise<Approval> {
  const { answer } = await askApproval(agent, input)
  if (!answer.required) throw new Error('the call was not held')
  return answer
}

const newRun = async () =>
  (
    await startRun(agent, {
      agent: 'tester',
      context: { tier: 'gold' },
      source: { context: '{"tier":"gold"}' },
    })
  ).run.id

/** Holds a run as somebody who is at it does. */
async function holdRun(runId: string): Promise<{ letGo(): Promise<void> }> {
  let letGo = () => undefined as void
  const untilThen = new Promise<void>((resolve) => (letGo = resolve))
  let holding: Promise<unknown> = Promise.resolve()
  await new Promise<void>((resolve, reject) => {
    holding = db
      .transaction(async (tx) => {
        await tx.execute(sql`select 1 from runs where id = ${runId} for update`)
        resolve()
        await untilThen
      })
      .catch(reject)
  })
  return {
    letGo: async () => {
      letGo()
      await holding
    },
  }
}

const succeeded = (run = '', toolCallId = '') =>
  ({ run, toolCallId, status: 'succeeded', output: 1, source: { output: '1' } }) as const

/** The statements of some work once its statements are prepared, and how many trips they took. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  for (let i = 0; i < 6; i++) await work()
  // That a key was used is noted by now, which nobody is in the way of any more.
  await pause(400)
  tap.take()
  await work()
  return tap.take().map(({ text }) => text)
}

describe('what is done all day', () => {
  it('notes once that a key was used, however many use it at that time', async () => {
    await db.execute(sql`update keys set last_used_at = null where project_id = ${test.project.id}`)
    tap.take()
    for (let round = 0; round < 2; round++)
      await Promise.all(Array.from({ length: 10 }, () => askApproval(agent, ask({ tool: 'free' }))))
    await pause(600)
    const notes = tap.take().filter(({ text }) => /last_used_at" =/.test(text))
    expect(notes).toHaveLength(1)
  })

  it('takes two statements to ask, to decide and to claim, one to record, without a transaction', async () => {
    const run = await newRun()
    const pending: string[] = []
    const free = ask({ tool: 'free' })
    for (const work of [
      () => held(ask()).then(({ id }) => pending.push(id)),
      () => held(ask({ run_id: run })),
      () => askApproval(agent, { ...free, tool_call_id: `free-${calls++}` }),
      () => askApproval(agent, ask({ tool: 'free', run_id: run })),
    ]) {
      expect(
        (await statementsOf(work)).filter((text) => !/pg_notify|last_used_at" =/.test(text)),
      ).toHaveLength(2)
    }
    const approved: string[] = []
    const decideAs = async (who: Context) => {
      const id = pending.pop() ?? (await held(ask())).id
      tap.take()
      await decideApproval(who, { id, decision: 'approve' })
      approved.push(id)
    }
    const decide = () => decideAs(reviewer)
    const inBrowser = await signedIn(await test.member('reviewer'))
    const claimed: Approval[] = []
    const claim = async (wasDecidedHere: boolean) => {
      const id = approved.pop() ?? ''
      if (!wasDecidedHere) takeDecided(db, id)
      claimed.push((await claimApproval(agent, { id, tool: 'gated', params })).approval)
    }
    const record = async () => {
      const call = claimed.pop()
      await recordResult(agent, succeeded(call?.run_id, call?.tool_call_id))
    }
    const trips = async (work: () => Promise<unknown>) =>
      (await statementsOf(work)).filter((text) => !/pg_notify|last_used_at" =/.test(text)).length
    expect(await trips(decide)).toBe(2)
    expect(await trips(() => decideAs(inBrowser))).toBe(2)
    expect(await trips(() => claim(false))).toBe(2)
    for (let i = 0; i < 7; i++) await decide()
    expect(await trips(() => claim(true))).toBe(1)
    expect(await trips(record)).toBe(1)
  })

  it('leaves the same rows where somebody else holds the run, and waits for them', async () => {
    const story = async (isHeld: boolean, decision: 'approve' | 'reject', runId?: string) => {
      const run = runId === undefined ? {} : { run_id: runId }
      const act = async <T>(id: string | undefined, work: () => Promise<T>) => {
        if (!isHeld || id === undefined) return work()
        const held = await holdRun(id)
        const working = work()
        await pause(60)
        await held.letGo()
        return working
      }
      const { answer } = await act(runId, () => askApproval(agent, ask(run)))
      const { id, run_id: its } = answer as Approval
      const decided = await act(its, () => decideApproval(reviewer, { id, decision, reason: 'Checked.' }))
      if (decision === 'approve') {
        await act(its, () => claimApproval(agent, { id, tool: 'gated', params }))
        const result = { status: 'succeeded', output: { ok: 1 }, source: { output: '{"ok":1}' } } as const
        const where = { run: its, toolCallId: decided.tool_call_id }
        await act(its, () => recordResult(agent, { ...result, ...where }))
      }
      return rowsOf(decided)
    }
    for (const decision of ['approve', 'reject'] as const) {
      for (const inRun of [false, true]) {
        const run = async () => (inRun ? newRun() : undefined)
        expect(await story(true, decision, await run())).toEqual(await story(false, decision, await run()))
      }
    }
  })

  it('never decides after the deadline, however long somebody held the run', async () => {
    const { id, run_id: runId } = await held(ask())
    await db
      .update(approvals)
      .set({ expiresAt: sql`clock_timestamp() + interval '300 ms'` })
      .where(eq(approvals.id, id))
    const isHeld = new Promise<void>((resolve, reject) => {
      db.transaction(async (tx) => {
        await tx.execute(sql`select 1 from runs where id = ${runId} for update`)
        resolve()
        await tx.execute(sql`select pg_sleep(0.7)`)
      }).catch(reject)
    })
    await isHeld
    await expect(decideApproval(reviewer, { id, decision: 'approve' })).rejects.toMatchObject({
      code: 'expired',
    })
    expect((await db.select().from(approvals).where(eq(approvals.id, id)))[0]?.status).toBe('expired')
  })

  it('does nothing for a key or a member that is gone, and says so', async () => {
    const key = await test.key(['run'])
    const member = await test.member('reviewer')
    const lowered = await test.member('reviewer')
    const { id } = await held(ask())
    await db
      .update(keys)
      .set({ revokedAt: sql`now()` })
      .where(eq(keys.id, key.actor.id))
    await db.delete(keys).where(eq(keys.id, member.actor.keyId ?? ''))
    await db.update(members).set({ role: 'viewer' }).where(eq(members.userId, lowered.actor.id))
    await expect(askApproval(key, ask())).rejects.toMatchObject({ code: 'unauthenticated' })
    await expect(decideApproval(member, { id, decision: 'approve' })).rejects.toMatchObject({
      code: 'unauthenticated',
    })
    await expect(decideApproval(lowered, { id, decision: 'approve' })).rejects.toMatchObject({
      code: 'forbidden',
    })
    expect((await db.select().from(approvals).where(eq(approvals.id, id)))[0]?.status).toBe('pending')
  })

  it('asks once of 20 asks at once with one id, in a run and without', async () => {
    for (const where of [{}, { run_id: await newRun() }]) {
      const input = ask(where)
      const answers = await Promise.all(Array.from({ length: 20 }, () => askApproval(agent, input)))
      expect(answers.filter(({ isReplay }) => !isReplay)).toHaveLength(1)
      expect(new Set(answers.map(({ answer }) => (answer as Approval).id)).size).toBe(1)
    }
  })

  it('counts the pending of a run rightly when many ask in it at once', async () => {
    const runId = await newRun()
    await Promise.all(Array.from({ length: 30 }, () => askApproval(agent, ask({ run_id: runId }))))
    const [run] = await db.select().from(runs).where(eq(runs.id, runId))
    expect(run).toMatchObject({ status: 'awaiting_approval', pendingCount: 30 })
  })

  it('never overshoots the cap of pending approvals, whatever the burst', async () => {
    const capped = await makeTestProject(db, 40)
    const asks = Array.from({ length: 200 }, () => askApproval(capped.agent, ask()))
    const codes = (await Promise.allSettled(asks)).flatMap((one) =>
      one.status === 'rejected' ? [(one.reason as AppError).code] : [],
    )
    expect(new Set(codes)).toEqual(new Set(['too_many_pending']))
    const rows = await db.select().from(approvals).where(eq(approvals.projectId, capped.project.id))
    expect(rows).toHaveLength(40)
  })

  it('refuses what cannot be done, and says why', async () => {
    const { id } = await held(ask())
    await decideApproval(reviewer, { id, decision: 'approve' })
    const codes = []
    for (const work of [
      () => decideApproval(reviewer, { id, decision: 'reject' }),
      () => claimApproval(agent, { id, tool: 'gated', params: { other: 1 } }),
      () => askApproval(agent, ask({ run_id: 'run_nothing' })),
      () => decideApproval(agent, { id, decision: 'approve' }),
    ])
      codes.push(await codeOf(work()))
    expect(codes).toEqual(['already_decided', 'params_mismatch', 'not_found', 'agent_key_cannot_decide'])
  })
})

describe('a claim right after a decision that was written here', () => {
  const claim = (id: string, ctx: Context = agent, given: Record<string, unknown> = params) =>
    claimApproval(ctx, { id, tool: 'gated', params: given as typeof params }).then(
      ({ approval: { claimed_at: at } }) => (at === null ? 'not claimed' : 'claimed'),
      (error: unknown) => (error as AppError).code,
    )
  const approved = async (more: Partial<Ask> = {}) => {
    const asked = await held(ask(more))
    await decideApproval(reviewer, { id: asked.id, decision: 'approve' })
    return asked
  }

  it.each([
    ['run_finished', "update runs set status = 'completed', finished_at = now() where id = :run"],
    ['grant_expired', "update approvals set resolved_at = now() - interval '15 minutes' where id = :id"],
    ['already_claimed', "update approvals set claimed_at = now(), claimed_by = 'x' where id = :id"],
    ['not_approved', "update approvals set status = 'rejected' where id = :id"],
    ['not_approved', "update approvals set status = 'pending', resolved_at = null where id = :id"],
    ['params_mismatch', "update tool_calls set digest = 'another' where run_id = :run"],
    ['not_found', 'delete from approvals where id = :id'],
  ])('is refused as %s where that has come about since', async (code, change) => {
    const { id, run_id: run } = await approved()
    await db.execute(sql.raw(change.replace(':id', `'${id}'`).replace(':run', `'${run}'`)))
    expect(await claim(id)).toBe(code)
    expect(await claim(id)).toBe(code)
    const entries = await db.select().from(auditEntries).where(eq(auditEntries.targetId, id))
    expect(entries.filter(({ action }) => action === 'approval.claimed')).toEqual([])
  })

  it('is refused to a key that is gone, that may not run, or of another project, and to other params', async () => {
    const gone = await test.key(['run'])
    await db
      .update(keys)
      .set({ revokedAt: sql`now()` })
      .where(eq(keys.id, gone.actor.id))
    const others = await makeTestProject(db)
    expect(await claim((await approved()).id, gone)).toBe('unauthenticated')
    expect(await claim((await approved()).id, await test.key(['read']))).toBe('forbidden')
    expect(await claim((await approved()).id, others.agent)).toBe('not_found')
    const { id } = await approved()
    expect(await claim(id, agent, { ...params, amount: 1 })).toBe('params_mismatch')
    expect(await claim(id)).toBe('claimed')
  })

  it('is granted once of 20 at once, and beside a call that was asked for since', async () => {
    const { id } = await approved()
    const codes = await Promise.all(Array.from({ length: 20 }, () => claim(id)))
    expect(codes.sort()).toEqual([...Array<string>(19).fill('already_claimed'), 'claimed'])
    const run = await newRun()
    const first = await approved({ run_id: run })
    await held(ask({ run_id: run }))
    expect(await claim(first.id)).toBe('claimed')
  })
})

it('a deadline that has passed ends the run before a claim of what else was approved in it', async () => {
  const run = await newRun()
  const [first, late] = [await held(ask({ run_id: run })), await held(ask({ run_id: run }))]
  await decideApproval(reviewer, { id: first.id, decision: 'approve' })
  await db
    .update(approvals)
    .set({ expiresAt: sql`clock_timestamp() - interval '1 ms'` })
    .where(eq(approvals.id, late.id))
  await expect(claimApproval(agent, { id: first.id, tool: 'gated', params })).rejects.toMatchObject({
    code: 'run_finished',
  })
})

describe('a result', () => {
  it('is kept once, by the run’s id or by the project’s name for it, and only of a call that was released', async () => {
    const { run } = await startRun(agent, { agent: 'tester', external_id: 'ours-1', source: {} })
    const { id, tool_call_id: call } = await held(ask({ run_id: run.id }))
    await expect(recordResult(agent, succeeded('ours-1', call))).rejects.toMatchObject({
      code: 'not_claimed',
    })
    await decideApproval(reviewer, { id, decision: 'approve' })
    await expect(recordResult(agent, succeeded(run.id, call))).rejects.toMatchObject({ code: 'not_claimed' })
    await claimApproval(agent, { id, tool: 'gated', params })
    const others = await makeTestProject(db)
    const reader = await test.key(['read'])
    for (const name of [run.id, 'ours-1'])
      await expect(recordResult(others.agent, succeeded(name, call))).rejects.toMatchObject({
        code: 'not_found',
      })
    await expect(recordResult(reader, succeeded(run.id, call))).rejects.toMatchObject({ code: 'forbidden' })
    await expect(recordResult(agent, succeeded(run.id, 'nothing'))).rejects.toMatchObject({
      code: 'not_found',
    })
    const ways = ['ours-1', run.id, 'ours-1', run.id]
    const told = await Promise.all(ways.map((name) => recordResult(agent, succeeded(name, call))))
    expect(new Set(told.map(({ ended_at: at }) => at)).size).toBe(1)
    expect(told[0]).toMatchObject({
      status: 'succeeded',
      output: 1,
      approval: { id, next: { action: 'done' } },
    })
    await expect(
      recordResult(agent, { ...succeeded(run.id, call), output: 2, source: { output: '2' } }),
    ).rejects.toMatchObject({ code: 'result_recorded' })
  })

  it('finds what of the run is past its deadline expired', async () => {
    const run = await newRun()
    const first = await held(ask({ run_id: run }))
    await decideApproval(reviewer, { id: first.id, decision: 'approve' })
    await claimApproval(agent, { id: first.id, tool: 'gated', params })
    const late = await held(ask({ run_id: run }))
    await db
      .update(approvals)
      .set({ expiresAt: sql`clock_timestamp() - interval '1 ms'` })
      .where(eq(approvals.id, late.id))
    await recordResult(agent, succeeded(run, first.tool_call_id))
    expect((await db.select().from(approvals).where(eq(approvals.id, late.id)))[0]?.status).toBe('expired')
  })
})

describe('many at once', () => {
  /** What became of each, and how many statements that took. */
  async function atOnce(works: (() => Promise<unknown>)[]): Promise<{ outcomes: unknown[]; sent: string[] }> {
    tap.take()
    const settled = await Promise.allSettled(works.map((work) => work()))
    const sent = tap.take().map(({ text }) => text)
    const outcomes = settled.map((one) =>
      one.status === 'fulfilled' ? one.value : ((one.reason as AppError).code ?? one.reason),
    )
    return { outcomes, sent }
  }
  const repeat = <T>(count: number, make: (at: number) => T): T[] =>
    Array.from({ length: count }, (_, at) => make(at))

  it('takes a few statements for many asks', async () => {
    const { outcomes, sent } = await atOnce(repeat(40, () => () => held(ask())))
    expect(new Set(outcomes.map((one) => (one as Approval).id)).size).toBe(40)
    expect(sent.filter((text) => /json_to_recordset/.test(text)).length).toBeLessThan(12)
  })

  it('asks for each by its own right, in its own project', async () => {
    const other = await makeTestProject(db)
    const revoked = await test.key(['run'])
    const reader = await test.key(['read'])
    await db
      .update(keys)
      .set({ revokedAt: sql`now()` })
      .where(eq(keys.id, revoked.actor.id))
    const ofOthers = await startRun(other.agent, { agent: 'tester', source: {} })
    const asIn =
      (ctx: Context, more: Partial<Ask> = {}) =>
      () =>
        askApproval(ctx, ask(more))
    const { outcomes } = await atOnce(
      repeat(4, () => [
        asIn(agent),
        asIn(other.agent),
        asIn(revoked),
        asIn(reader),
        asIn(agent, { run_id: ofOthers.run.id }),
        asIn(agent, { agent: 'nobody' }),
        asIn(agent, { description: 'it’s {"json": ["\\u0041 \ud83d\ude00"]}' }),
        asIn(other.agent, { tool: 'free' }),
      ]).flat(),
    )
    const projectOf = async (outcome: unknown) => {
      const { answer } = outcome as { answer: { required: boolean; tool_call_id: string } }
      const rows = await db.select().from(toolCalls).where(eq(toolCalls.toolCallId, answer.tool_call_id))
      return [answer.required, rows.map((row) => row.projectId)]
    }
    for (let at = 0; at < outcomes.length; at += 8) {
      expect(await Promise.all([0, 1, 6, 7].map((place) => projectOf(outcomes[at + place])))).toEqual([
        [true, [test.project.id]],
        [true, [other.project.id]],
        [true, [test.project.id]],
        [false, [other.project.id]],
      ])
      expect([2, 3, 4, 5].map((place) => outcomes[at + place])).toEqual([
        'unauthenticated',
        'forbidden',
        'not_found',
        'agent_not_deployed',
      ])
    }
  })

  it('decides, claims and records for each by its own right, once, each on its own record', async () => {
    const other = await makeTestProject(db)
    const otherReviewer = await other.member('reviewer')
    const viewer = await test.member('viewer')
    const second = await test.member('reviewer')
    const asked = await Promise.all(repeat(12, () => held(ask())))
    const ofOther = await other.ask()
    const ids = asked.map(({ id }) => id)
    const deciding =
      (ctx: Context<MemberActor>, id = '', decision: 'approve' | 'reject' = 'approve') =>
      () =>
        decideApproval(ctx, { id, decision, reason: `for ${id}` })
    const decided = await atOnce([
      ...ids
        .slice(0, 8)
        .map((id, at) => deciding(at % 2 ? second : reviewer, id, at < 6 ? 'approve' : 'reject')),
      deciding(otherReviewer, ids[8]),
      deciding(viewer, ids[9]),
      deciding(reviewer, ids[10]),
      deciding(second, ids[10]),
      deciding(reviewer, ofOther.id),
      deciding(otherReviewer, ofOther.id),
    ])
    const states = decided.outcomes.map((one) => (typeof one === 'object' ? (one as Approval).status : one))
    expect(states.slice(0, 10)).toEqual([
      ...repeat(6, () => 'approved'),
      'rejected',
      'rejected',
      'not_found',
      'forbidden',
    ])
    expect(states.slice(10, 12).sort()).toEqual(['already_decided', 'approved'])
    expect(states.slice(12)).toEqual(['not_found', 'approved'])
    for (const [at, id] of ids.slice(0, 8).entries()) {
      const who = (at % 2 ? second : reviewer).actor.id
      const [decision] = await db.select().from(decisions).where(eq(decisions.approvalId, id))
      expect(decision).toMatchObject({ reviewerId: who, reason: `for ${id}`, projectId: test.project.id })
      const entries = await db.select().from(auditEntries).where(eq(auditEntries.targetId, id))
      expect(entries).toMatchObject([
        { actorId: who, action: at < 6 ? 'approval.approved' : 'approval.rejected' },
      ])
      expect(JSON.parse(entries[0]?.detail ?? '')).toMatchObject({ reason: `for ${id}` })
    }

    const claiming =
      (ctx: Context, id = '', given: object = params) =>
      () =>
        claimApproval(ctx, { id, tool: 'gated', params: given as typeof params })
    const claimed = await atOnce([
      ...ids.slice(0, 4).map((id) => claiming(agent, id)),
      claiming(agent, ids[0]),
      claiming(agent, ids[4], { other: 1 }),
      claiming(other.agent, ids[5]),
      claiming(agent, ids[6]),
      claiming(other.agent, ofOther.id, ofOther.params as object),
    ])
    const codes = claimed.outcomes.map((one) => (typeof one === 'object' ? 'claimed' : one))
    expect([codes[0], codes[4]].sort()).toEqual(['already_claimed', 'claimed'])
    expect([...codes.slice(1, 4), ...codes.slice(5)]).toEqual([
      ...repeat(3, () => 'claimed'),
      'params_mismatch',
      'not_found',
      'not_approved',
      'claimed',
    ])
    const claims = await db.select().from(auditEntries).where(eq(auditEntries.action, 'approval.claimed'))
    for (const id of ids.slice(0, 4)) expect(claims.filter((entry) => entry.targetId === id)).toHaveLength(1)

    const recording = (call: Approval, output: number) => () =>
      recordResult(agent, {
        ...{ run: call.run_id, toolCallId: call.tool_call_id, status: 'succeeded', output },
        source: { output: String(output) },
      })
    const recorded = await atOnce([
      ...asked.slice(0, 4).map((call, at) => recording(call, at)),
      ...asked.slice(4, 6).map((call, at) => recording(call, at)),
    ])
    expect(
      recorded.outcomes.map((one) => (typeof one === 'object' ? (one as { output: unknown }).output : one)),
    ).toEqual([...[0, 1, 2, 3], 'not_claimed', 'not_claimed'])
  })

  it('waits for what somebody holds, and the rest goes on', async () => {
    const asked = await Promise.all(repeat(6, () => held(ask())))
    const [first] = asked
    let release = () => {}
    const released = new Promise<void>((resolve) => (release = resolve))
    const isHeld = new Promise<void>((resolve, reject) => {
      db.transaction(async (tx) => {
        await tx.execute(sql`select 1 from runs where id = ${first?.run_id} for update`)
        resolve()
        await released
      }).catch(reject)
    })
    await isHeld
    const [held1, ...others] = asked.map(({ id }) => decideApproval(reviewer, { id, decision: 'approve' }))
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual(repeat(5, () => 'approved'))
    release()
    expect((await held1)?.status).toBe('approved')
  })
})

/** All rows of one approval without what differs between any two: ids, times, hashes. */
async function rowsOf({ id, run_id: runId }: Approval) {
  const [run] = await db.select().from(runs).where(eq(runs.id, runId))
  const [call] = await db.select().from(toolCalls).where(eq(toolCalls.runId, runId))
  const [approval] = await db.select().from(approvals).where(eq(approvals.id, id))
  const decided = await db.select().from(decisions).where(eq(decisions.approvalId, id))
  const events = await db.select().from(approvalEvents).where(eq(approvalEvents.approvalId, id))
  const entries = await db
    .select()
    .from(auditEntries)
    .where(eq(auditEntries.targetId, id))
    .orderBy(auditEntries.ordinal)
  const plain = (row: object | undefined) =>
    JSON.parse(
      JSON.stringify(row, (name, value: unknown) => {
        if (name === 'seq' || name === 'ordinal' || name === 'prevHash' || name === 'hash') return 0
        if (typeof value !== 'string') return name === 'id' ? 0 : value
        if (/^\d{4}-\d\d-\d\dT/.test(value)) return 'time'
        return value
          .replace(/\b(run|apr|stp|aud|dec)_[0-9a-z]{26}/g, '$1_')
          .replace(/\bcall-\d+/, 'call-')
          .replace(/"wait_ms":\d+/, '"wait_ms":0')
      }),
    ) as unknown
  return {
    run: plain(run),
    call: plain(call),
    approval: plain(approval),
    decided: decided.map(plain),
    events: events.map(plain),
    entries: entries.map(plain),
  }
}
