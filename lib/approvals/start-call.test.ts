import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { keys } from '@/db/schema/identity'
import { toolCalls } from '@/db/schema/runs'
import type { Tap } from '@/lib/cli/bench/tap'
import type { AppError } from '@/lib/errors'
import { finishRun } from '@/lib/runs/finish'
import { recordResult } from '@/lib/runs/record-result'
import { startRun } from '@/lib/runs/start'
import { holdLocks } from '@/lib/testing/hold'
import type { TestProject } from '@/lib/testing/project'
import { statementsOf } from '@/lib/testing/statements'
import { openTapped } from '@/lib/testing/tapped'
import { askApproval, type Ask } from './ask'

let tap: Tap
let db: Database
let close: () => Promise<void>
let test: TestProject

beforeAll(async () => {
  ;({ tap, db, test, close } = await openTapped())
})
afterAll(() => close())

let calls = 0
/** An ask for a call of its own, in a run or without; the same again by another start_id, or none. */
async function newCall(inRun: boolean, tool = 'free') {
  const { run } = await startRun(test.agent, { agent: 'tester', source: {} })
  const where = inRun ? { run_id: run.id } : { agent: 'tester' }
  const call = { ...where, tool, params: {}, tool_call_id: `call-${calls++}`, source: { params: '{}' } }
  return (startId?: string, ctx = test.agent) =>
    askApproval(ctx, { ...call, ...(startId === undefined ? {} : { start_id: startId }) } satisfies Ask)
}
type AskIt = Awaited<ReturnType<typeof newCall>>
const actionOf = async (ask: AskIt, startId?: string) => (await ask(startId)).answer.next.action
const failed = async (ask: AskIt, startId: string, ctx = test.agent) =>
  ask(startId, ctx).then(
    () => 'asked',
    (error: unknown) => (error as AppError).code,
  )

describe.each([
  ['in a run', true],
  ['without one', false],
])('a call that needs no approval, %s', (_, inRun) => {
  it('is started by the first ask’s id, and done to everybody else', async () => {
    const ask = await newCall(inRun)
    expect((await ask('mine')).answer).toMatchObject({ replayed: false, next: { action: 'execute' } })
    const again = (await ask('mine')).answer
    expect(again).toMatchObject({ replayed: true, next: { action: 'execute' }, call: { status: 'running' } })
    for (const other of ['other', undefined]) {
      const { answer } = await ask(other)
      expect(answer).toMatchObject({ required: false, replayed: true, next: { action: 'done' } })
      expect(answer.next.message).toContain('nobody knows')
    }
    expect(await actionOf(ask, 'mine')).toBe('execute')
  })

  it('is started by the first id that comes, where it was asked for without one before', async () => {
    const ask = await newCall(inRun)
    expect(await actionOf(ask)).toBe('execute')
    expect(await actionOf(ask, 'mine')).toBe('execute')
    expect([await actionOf(ask, 'other'), await actionOf(ask), await actionOf(ask, 'mine')]).toEqual([
      'done',
      'done',
      'execute',
    ])
  })

  it('is done to its starter too once its result is told, or its run has ended', async () => {
    const ask = await newCall(inRun)
    const { answer } = await ask('mine')
    const where = { run: answer.run_id, toolCallId: answer.tool_call_id }
    await recordResult(test.agent, { ...where, status: 'succeeded', output: 7, source: { output: '7' } })
    for (const startId of ['mine', 'other'])
      expect((await ask(startId)).answer).toMatchObject({
        next: { action: 'done' },
        call: { status: 'succeeded', output: 7 },
      })
    if (!inRun) return // the id is free again once its run has ended
    const late = await newCall(inRun)
    const run = (await late()).answer.run_id
    await finishRun(test.agent, { run, status: 'completed', source: {} })
    expect(await actionOf(late, 'mine')).toBe('done')
    const [row] = await db.select().from(toolCalls).where(eq(toolCalls.runId, run))
    expect(row?.startHash).toBeNull()
  })

  it('of 20 asks at once has one starter by as many ids, and one for all by one id', async () => {
    for (const isAskedBefore of [false, true]) {
      const ids = Array.from({ length: 20 }, (_, at) => `start-${at}`)
      const ask = await newCall(inRun)
      if (isAskedBefore) await ask()
      const actions = await Promise.all(ids.map((id) => actionOf(ask, id)))
      expect(actions.filter((action) => action === 'execute')).toHaveLength(1)
      expect(await actionOf(ask, ids[actions.indexOf('execute')])).toBe('execute')
      const same = await newCall(inRun)
      if (isAskedBefore) await same()
      const all = await Promise.all(ids.map(() => actionOf(same, 'mine')))
      expect(new Set(all)).toEqual(new Set(['execute']))
    }
  })

  it('costs no statement more at the first ask, and one to start what was asked for', async () => {
    for (const startId of ['mine', undefined]) {
      const warm = await newCall(inRun)
      await warm()
      await warm('mine')
      const ask = await newCall(inRun)
      expect(await statementsOf(tap, () => ask(startId))).toBe(2)
      expect(await statementsOf(tap, () => ask(startId))).toBe(2)
    }
    const ask = await newCall(inRun)
    await ask()
    expect(await statementsOf(tap, () => ask('mine'))).toBe(3)
  })
})

it('a key that is gone, or may not run, starts nothing', async () => {
  const key = await test.key(['run'])
  const ask = await newCall(true)
  await ask()
  await db
    .update(keys)
    .set({ revokedAt: sql`now()` })
    .where(eq(keys.id, key.actor.id))
  expect(await failed(ask, 'mine', key)).toBe('unauthenticated')
  expect(await failed(ask, 'mine', await test.key(['read']))).toBe('forbidden')
  expect(await actionOf(ask, 'other')).toBe('execute')
})

it('waits for who is at the run, and then starts', async () => {
  const ask = await newCall(true)
  const run = (await ask()).answer.run_id
  const held = await holdLocks(db, sql`select 1 from runs where id = ${run} for update`)
  const asking = actionOf(ask, 'mine')
  await held.letGo()
  expect(await asking).toBe('execute')
  expect(await actionOf(ask, 'other')).toBe('done')
})

it('what is held is not started: its claim says whose it is', async () => {
  const ask = await newCall(true, 'gated')
  expect((await ask('mine')).answer).toMatchObject({ required: true, next: { action: 'wait' } })
  expect((await ask('other')).answer).toMatchObject({ required: true, next: { action: 'wait' } })
  const rows = await db.select().from(toolCalls).where(eq(toolCalls.tool, 'gated'))
  expect(rows.map(({ startHash }) => startHash)).toEqual([null])
})
