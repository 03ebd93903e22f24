import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { approvals } from '@/db/schema/approvals'
import { deployAgent } from '@/lib/agents/deploy'
import type { Context, MemberActor } from '@/lib/context'
import { recordResult } from '@/lib/runs/record-result'
import { recordStep } from '@/lib/runs/record-step'
import { startRun } from '@/lib/runs/start'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { claimApproval } from '../claim'
import { decideApproval } from '../decide'
import { readContext } from './read'

let db: Database
let close: () => Promise<void>
let test: TestProject
let ana: Context<MemberActor>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase(4))
  test = await makeTestProject(db)
  ana = await test.member('reviewer', 'ana@example.com')
})
afterAll(() => close())

const decided = async (params: Record<string, unknown>, decision: 'approve' | 'reject', reason?: string) => {
  const { id } = await test.ask({ params })
  await decideApproval(ana, { id, decision, reason })
  return id
}

const texts = async (params: Record<string, unknown>) => {
  const { id } = await test.ask({ params })
  const { cues } = await readContext(test.agent, id)
  await decideApproval(ana, { id, decision: 'reject' })
  return cues.map(({ kind, text }) => [kind, text])
}

it('says what led to a request, and compares it with what was decided before', async () => {
  const usual = { to: 'acme', amount: 129, memo: 'first' }
  expect(await readContext(test.agent, (await test.ask({ params: usual })).id)).toMatchObject({
    compared: null,
    cues: [],
    run: { steps: [], others: [], earlier: 0, input: null },
    similar: {
      counts: { approved: 0, rejected: 0, expired: 0 },
      lately: [],
      numbers: [],
      median_wait_ms: null,
    },
  })
  for (const [at, amount] of [10, 50, 90, 110, 120].entries())
    await decided({ ...usual, to: at % 2 ? 'acme' : 'globex', amount }, 'approve')
  const last = await decided(usual, 'approve')
  const no = await decided({ ...usual, amount: 2400 }, 'reject', 'Never so much.')

  const run = (
    await startRun(test.agent, {
      agent: 'tester',
      external_id: 'order-1',
      initiator: 'kim@example.com',
      input: { ask: 'Refund it' },
      source: { input: '{"ask": "Refund it"}' },
    })
  ).run
  for (let step = 1; step <= 6; step++)
    await recordStep(test.agent, {
      run: run.id,
      kind: 'note',
      name: `Step ${step}`,
      output: 'so',
      source: { output: '"so"' },
    })
  const other = await test.ask({ run_id: run.id, params: usual, tool: 'refund' }).catch(() => undefined)
  expect(other).toBeUndefined()
  const sibling = await test.ask({ run_id: run.id, params: { n: 1 }, tool: 'soft' })
  const { id } = await test.ask({ run_id: run.id, params: { ...usual, amount: 2400 } })
  const context = await readContext(ana, id)
  expect(context.run).toMatchObject({
    id: run.id,
    external_id: 'order-1',
    initiator: 'kim@example.com',
    input: { text: '{"ask": "Refund it"}', is_cut: false },
    earlier: 8,
    others: [{ id: sibling.id, tool: 'soft', status: 'pending' }],
  })
  expect(context.run.steps.map(({ name }) => name)).toEqual(['Step 4', 'Step 5', 'Step 6', 'refund', 'soft'])
  expect(context.run.steps[0]?.says).toBe('so')
  expect(context.compared).toMatchObject({
    approval_id: last,
    is_too_long: false,
    same: 2,
    different: 1,
    changed: [{ path: 'amount', before: '129', after: '2400', factor: 2400 / 129 }],
  })
  expect(context.similar).toMatchObject({
    counts: { approved: 6, rejected: 1, expired: 0 },
    lately: [
      {
        approval_id: no,
        status: 'rejected',
        reason: 'Never so much.',
        reviewer: { email: 'ana@example.com' },
      },
      { approval_id: last, status: 'approved', run_status: 'running', result: null },
      { status: 'approved' },
    ],
    numbers: [{ path: 'amount', value: 2400, higher_than: 6 / 7 }],
  })
  expect(context.similar.numbers[0]?.calls).toHaveLength(7)
  expect(context.similar.median_wait_ms).toBeGreaterThan(0)
  expect(context.cues).toEqual([
    {
      kind: 'rejected_before',
      text: 'ana@example.com rejected the same call: “Never so much.”',
      param: null,
      approval_id: no,
      at: expect.any(String),
    },
  ])
  // What the call came to is said of it, and what was decided afterwards changes nothing for one that is decided.
  await claimApproval(test.agent, { id: last, tool: 'gated', params: usual })
  const { toolCallId, runId } = (
    await db
      .select({
        runId: approvals.runId,
        toolCallId: sql<string>`(select tool_call_id from tool_calls where id = call_id)`,
      })
      .from(approvals)
      .where(eq(approvals.id, last))
  )[0]!
  await recordResult(test.agent, { run: runId, toolCallId, status: 'failed', source: {} })
  await decideApproval(ana, { id, decision: 'approve' })
  await decided(usual, 'reject')
  const later = await readContext(ana, id)
  expect(later.similar.counts.rejected).toBe(1)
  expect(later.similar.lately.map(({ approval_id, result }) => [approval_id, result]).slice(0, 2)).toEqual([
    [no, null],
    [last, 'failed'],
  ])
})

it('names what should not be overlooked, and nothing else', async () => {
  for (let at = 0; at < 6; at++)
    await decided(
      { to: at % 2 ? 'acme' : 'globex', amount: 100 + at, ref: `r-${at}`, sql: 'select 1' },
      'approve',
    )
  const usual = { to: 'acme', amount: 103, ref: 'r-new', sql: 'select 1' }
  expect(await texts(usual)).toEqual([])
  expect(await texts({ ...usual, amount: 100_000 })).toEqual([
    [
      'highest',
      expect.stringMatching(/^amount is higher than in all \d+ earlier calls that it was compared with$/),
    ],
  ])
  expect(await texts({ ...usual, to: 'mallory' })).toEqual([
    [
      'new_value',
      expect.stringMatching(
        /^to is new: none of \d+ approved calls that it was compared with has this value$/,
      ),
    ],
  ])
  expect(await texts({ ...usual, to: 'ac\u202eme', memo: 'pre-approved by the boss' })).toEqual([
    ['hidden_characters', 'to holds characters that cannot be seen'],
    ['new_value', expect.any(String)],
    ['claims_approval', 'memo speaks of an approval: nothing of it is on record here'],
  ])
  expect((await texts({ ...usual, to: 'аcme' }))[0]).toEqual([
    'hidden_characters',
    'to mixes letters that look alike',
  ])
  for (const [statement, text] of [
    ['delete from users', 'sql has DELETE FROM without WHERE: all rows'],
    ['BEGIN;\nUPDATE users SET a = 1;', 'sql has UPDATE without WHERE: all rows'],
    ['truncate table users', 'sql has TRUNCATE'],
    ['update t set a=1 where id=1; drop table users', 'sql has DROP'],
    ['delete from users; select 1 where true', 'sql has DELETE FROM without WHERE: all rows'],
  ])
    expect((await texts({ ...usual, sql: statement }))[0]).toEqual(['all_rows', text])
  for (const harmless of [
    'update users set a = 1 where id = 4',
    'Update: your parcel is set',
    'Drop by, table 4',
  ])
    expect(await texts({ ...usual, sql: harmless })).toEqual([['new_value', expect.any(String)]])
  // however much stands before it
  const many = Array.from({ length: 600 }, (_, at) => at)
  expect((await texts({ list: many, ...usual, to: 'ac\u202eme' }))[0]).toEqual([
    'hidden_characters',
    'to holds characters that cannot be seen',
  ])
  // one that is too long to be compared may say the contrary
  await decided({ ...usual, amount: 1_000_000, memo: 'x'.repeat(5000) }, 'approve')
  expect(await texts({ ...usual, amount: 500_000 })).toEqual([])

  await deployAgent(test.agent, { name: 'tester', config: 'approval: {tools: [gated: param.amount.x > 1]}' })
  const { run } = await startRun(test.agent, { agent: 'tester', source: {} })
  await test.ask({ run_id: run.id })
  await test.ask({ run_id: run.id })
  const { id } = await test.ask({ run_id: run.id, params: { amount: 1 } })
  const { cues } = await readContext(ana, id)
  expect(cues.map(({ kind }) => kind)).toEqual(['unevaluable', 'changed_policy', 'many_in_a_minute'])
  expect(cues[1]?.text).toBe(
    'The agent’s policy was changed less than a minute before this request (version 2)',
  )
  expect(cues[2]?.text).toBe('3 requests of this run within a minute')
})

it('is true of odd numbers, cut inputs, deadlines that have passed and what came later', async () => {
  const own = await makeTestProject(db)
  const eve = await own.member('reviewer')
  const tool = 'soft'
  const one = async (params: Record<string, unknown>, more: object = {}) => own.ask({ tool, params, ...more })
  const first = await one({ n: -2, big: 9007199254740993n, long: 'x'.repeat(5000) })
  await decideApproval(eve, { id: first.id, decision: 'approve' })
  const second = await one({ n: -4, big: 9007199254740995n })
  expect((await readContext(eve, second.id)).compared).toMatchObject({ is_too_long: true, changed: [] })
  await decideApproval(eve, { id: second.id, decision: 'approve' })
  const input = { m: '😀'.repeat(500) }
  const { run } = await startRun(own.agent, {
    agent: 'tester',
    input,
    source: { input: JSON.stringify(input) },
  })
  const due = await one({}, { run_id: run.id })
  const third = await one({ n: -8, big: 10n ** 400n }, { run_id: run.id })
  await db
    .update(approvals)
    .set({ expiresAt: sql`clock_timestamp() - interval '1 second'` })
    .where(eq(approvals.id, due.id))
  const context = await readContext(eve, third.id)
  expect(context.run.input?.is_cut).toBe(true)
  expect(context.run.others).toMatchObject([{ id: due.id, status: 'expired' }])
  expect(context.compared?.changed.map(({ path, factor }) => [path, factor])).toEqual([
    ['n', null],
    ['big', null],
  ])
  expect(context.similar.numbers).toEqual([])
  expect((await readContext(eve, first.id)).similar.counts.approved).toBe(0)
})

it('takes no number for an amount that names something, and draws none of a few calls', async () => {
  const own = await makeTestProject(db)
  const eve = await own.member('reviewer')
  const one = (n: number) =>
    own.ask({ tool: 'soft', params: { id: n, row_id: n, orderId: n, rows: n, paid: n } })
  for (let n = 1; n <= 4; n++) await decideApproval(eve, { id: (await one(n)).id, decision: 'approve' })
  expect((await readContext(eve, (await one(50)).id)).similar.numbers).toEqual([])
  await decideApproval(eve, { id: (await one(5)).id, decision: 'approve' })
  const { cues, similar } = await readContext(eve, (await one(60)).id)
  expect(similar.numbers.map(({ path }) => path)).toEqual(['rows', 'paid'])
  expect(cues.filter(({ kind }) => kind === 'highest').map(({ param }) => param)).toEqual(['rows'])
})

it('is of its own project alone', async () => {
  const { id } = await test.ask()
  const stranger = await makeTestProject(db)
  await expect(readContext(stranger.agent, id)).rejects.toMatchObject({ code: 'not_found' })
  await expect(readContext(test.agent, 'apr_x')).rejects.toMatchObject({ code: 'invalid_id' })
})
