import { asc, eq, inArray, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { approvalEvents, approvals } from '@/db/schema/approvals'
import { auditEntries } from '@/db/schema/audit'
import { runs, toolCalls } from '@/db/schema/runs'
import type { Tap } from '@/lib/cli/bench/tap'
import type { Context, MemberActor } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { finishRun } from '@/lib/runs/finish'
import { startRun } from '@/lib/runs/start'
import { holdLocks } from '@/lib/testing/hold'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { statementsOf } from '@/lib/testing/statements'
import { openTapped } from '@/lib/testing/tapped'
import { askApproval } from './ask'
import { askMany } from './ask-many'
import { decideApproval } from './decide'

let tap: Tap
let db: Database
let close: () => Promise<void>
let test: TestProject
let reviewer: Context<MemberActor>

beforeAll(async () => {
  ;({ tap, db, test, reviewer, close } = await openTapped())
})
afterAll(() => close())

const newRun = async (of = test) => (await startRun(of.agent, { agent: 'tester', source: {} })).run.id

type Call = { tool: string; id: string; params?: Record<string, unknown>; claim?: string; start?: string }
const batch = (run: string, calls: Call[], ctx: Context = test.agent) =>
  askMany(ctx, {
    run_id: run,
    calls: calls.map(({ tool, id, params = { n: 1 }, claim, start }) => ({
      ...{ tool, params, tool_call_id: id },
      ...(claim === undefined ? {} : { claim_id: claim }),
      ...(start === undefined ? {} : { start_id: start }),
    })),
  })
/** What became of each, in a word. */
const outcomes = async (...of: Parameters<typeof batch>) =>
  (await batch(...of)).map((one) => {
    if (one instanceof AppError) return one.code
    const { replayed, next } = one.answer
    return `${replayed ? 'again: ' : ''}${next.action}`
  })
const callsOf = (run: string) =>
  db
    .select()
    .from(toolCalls)
    .where(eq(toolCalls.runId, run))
    .orderBy(asc(toolCalls.startedAt), asc(toolCalls.id))
const approvalsOf = (run: string) => db.select().from(approvals).where(eq(approvals.runId, run))

describe('calls that are asked for together', () => {
  it('are each judged and answered by themselves, in order', async () => {
    const run = await newRun()
    await askApproval(test.agent, {
      ...{
        run_id: run,
        tool: 'free',
        params: { n: 1 },
        tool_call_id: 'before',
        source: { params: '{"n":1}' },
      },
    })
    expect(
      await outcomes(run, [
        { tool: 'free', id: 'c-1' },
        { tool: 'gated', id: 'c-2' },
        { tool: 'no such tool', id: 'c-3' },
        { tool: 'refund', id: 'c-4', params: { amount: 5000 } },
        { tool: 'free', id: 'before' },
        { tool: 'gated', id: 'before' },
        { tool: 'refund', id: 'c-5', params: { amount: 5 } },
      ]),
    ).toEqual([
      ...[
        'execute',
        'wait',
        'invalid_tool_name',
        'wait',
        'again: execute',
        'idempotency_mismatch',
        'execute',
      ],
    ])
    expect((await callsOf(run)).map(({ toolCallId }) => toolCallId)).toEqual([
      ...['before', 'c-1', 'c-2', 'c-4', 'c-5'],
    ])
    const [row] = await db.select().from(runs).where(eq(runs.id, run))
    expect(row).toMatchObject({ status: 'awaiting_approval', pendingCount: 2 })
  })

  it('leave the rows that asks by themselves leave, with the turn beside', async () => {
    const [alone, together] = [await newRun(), await newRun()]
    const call = { tool: 'soft', params: { n: 12345678901234567890n }, tool_call_id: 'same' }
    const more = { context: { tier: 'gold' }, metadata: { thread: 'th' }, description: 'Why' }
    const source = { params: '{"n":12345678901234567890}', context: '{"tier":"gold"}' }
    await askApproval(test.agent, { run_id: alone, ...call, ...more, source })
    await askMany(test.agent, { run_id: together, turn_id: 'turn-1', calls: [{ ...call, ...more }] })
    const rowsOf = async (run: string) => {
      const held = await approvalsOf(run)
      const events = await db
        .select()
        .from(approvalEvents)
        .where(
          inArray(
            approvalEvents.approvalId,
            held.map(({ id }) => id),
          ),
        )
      const plain = (row: object) =>
        Object.entries(row).filter(([name, value]) => !/id$|Id$|seq/.test(name) && !(value instanceof Date))
      return [...(await callsOf(run)), ...held, ...events].map(plain)
    }
    expect(await rowsOf(together)).toEqual(await rowsOf(alone))
    expect((await callsOf(together)).map(({ turnId }) => turnId)).toEqual(['turn-1'])
    expect((await callsOf(alone)).map(({ turnId }) => turnId)).toEqual([null])
  })

  it('are answered again by their ids, and what is new among them is asked for', async () => {
    const run = await newRun()
    const calls = [
      { tool: 'gated', id: 'g' },
      { tool: 'free', id: 'f' },
    ]
    expect(await outcomes(run, calls)).toEqual(['wait', 'execute'])
    expect(await outcomes(run, [...calls, { tool: 'gated', id: 'h' }])).toEqual([
      ...['again: wait', 'again: execute', 'wait'],
    ])
    expect(await approvalsOf(run)).toHaveLength(2)
  })

  it('of 20 batches at once with the same ids asks for each call once', async () => {
    const run = await newRun()
    const calls = Array.from({ length: 6 }, (_, at) => ({ tool: at % 2 ? 'gated' : 'free', id: `c-${at}` }))
    const single = { run_id: run, tool: 'gated', params: { n: 1 }, source: { params: '{"n":1}' } }
    const all = await Promise.all([
      ...Array.from({ length: 20 }, () => outcomes(run, calls)),
      ...calls.map(() => askApproval(test.agent, single).then(() => [])),
    ])
    const first = all.flat().filter((one) => !one.startsWith('again'))
    expect(first.sort()).toEqual(['execute', 'execute', 'execute', 'wait', 'wait', 'wait'])
    const [row] = await db.select().from(runs).where(eq(runs.id, run))
    expect(row?.pendingCount).toBe(3 + calls.length)
    expect(await callsOf(run)).toHaveLength(2 * calls.length)
  })

  it('wait for who is at the run', async () => {
    const run = await newRun()
    const held = await holdLocks(db, sql`select 1 from runs where id = ${run} for update`)
    const asking = outcomes(run, [
      { tool: 'gated', id: 'g' },
      { tool: 'free', id: 'f' },
    ])
    await held.letGo()
    expect(await asking).toEqual(['wait', 'execute'])
  })

  it('are refused where the run is another project’s or the key may not, and each where the run has ended', async () => {
    const run = await newRun()
    const calls = [{ tool: 'free', id: 'f' }]
    await outcomes(run, calls)
    const others = await makeTestProject(db)
    await expect(batch(run, calls, others.agent)).rejects.toMatchObject({ code: 'not_found' })
    await expect(batch(run, calls, await test.key(['read']))).rejects.toMatchObject({ code: 'forbidden' })
    await expect(batch(run, calls, reviewer)).rejects.toMatchObject({ code: 'agent_key_required' })
    await finishRun(test.agent, { run, status: 'completed', source: {} })
    expect(await outcomes(run, [...calls, { tool: 'gated', id: 'late' }])).toEqual([
      'again: done',
      'run_finished',
    ])
  })

  it('find what of the run is past its deadline expired', async () => {
    const run = await newRun()
    await outcomes(run, [{ tool: 'gated', id: 'due' }])
    await db
      .update(approvals)
      .set({ expiresAt: sql`clock_timestamp() - interval '1 ms'` })
      .where(eq(approvals.runId, run))
    expect(await outcomes(run, [{ tool: 'gated', id: 'due' }, { tool: 'free', id: 'f' }])).toEqual([
      ...['again: stop', 'run_finished'],
    ]) // prettier-ignore
  })

  it('start and claim by the ids they bring, each once', async () => {
    const run = await newRun()
    const calls = (id: string): Call[] => [
      { tool: 'free', id: 'f', start: id },
      ...['g', 'h', 'i'].map((one) => ({ tool: 'gated', id: one, claim: id })),
    ]
    expect(await outcomes(run, calls('mine'))).toEqual(['execute', 'wait', 'wait', 'wait'])
    const [first, second] = await approvalsOf(run)
    for (const one of [first, second])
      await decideApproval(reviewer, { id: one?.id ?? '', decision: 'approve' })
    const mine = await outcomes(run, calls('mine'))
    expect(mine.filter((one) => one === 'again: execute')).toHaveLength(3)
    expect(await outcomes(run, calls('mine'))).toEqual(mine)
    const other = await outcomes(run, calls('other'))
    expect(other).toEqual(mine.map((one) => (one === 'again: execute' ? 'again: done' : one)))
    const entries = await db.select().from(auditEntries).where(eq(auditEntries.action, 'approval.claimed'))
    expect(entries.filter(({ targetId }) => [first?.id, second?.id].includes(targetId))).toHaveLength(2)
  })

  it('never overshoot the cap of pending approvals, and what has room is asked for', async () => {
    const capped = await makeTestProject(db, 40)
    const one = (run: string) =>
      outcomes(
        run,
        Array.from({ length: 10 }, (_, at) => ({ tool: 'gated', id: `c-${at}` })),
        capped.agent,
      )
    const all = (
      await Promise.all((await Promise.all(Array.from({ length: 8 }, () => newRun(capped)))).map(one))
    ).flat()
    expect(new Set(all)).toEqual(new Set(['wait', 'too_many_pending']))
    expect(all.filter((outcome) => outcome === 'wait')).toHaveLength(40)
    const rows = await db.select().from(approvals).where(eq(approvals.projectId, capped.project.id))
    expect(rows).toHaveLength(40)
  })

  it('take three statements, be they fifty, new or not', async () => {
    const calls = Array.from({ length: 50 }, (_, at) => ({ tool: at % 5 ? 'free' : 'gated', id: `c-${at}` }))
    const warm = await newRun()
    await batch(warm, calls)
    await batch(warm, calls)
    const run = await newRun()
    expect(await statementsOf(tap, () => batch(run, calls))).toBe(3)
    expect(await statementsOf(tap, () => batch(run, calls))).toBe(3)
    expect(await approvalsOf(run)).toHaveLength(10)
  })
})
