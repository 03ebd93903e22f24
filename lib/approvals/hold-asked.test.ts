import { setTimeout as pause } from 'node:timers/promises'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '@/db/client'
import { approvals } from '@/db/schema/approvals'
import { auditEntries } from '@/db/schema/audit'
import { keys } from '@/db/schema/identity'
import { toolCalls } from '@/db/schema/runs'
import type { Tap } from '@/lib/cli/bench/tap'
import type { Context, KeyActor, MemberActor } from '@/lib/context'
import { finishRun } from '@/lib/runs/finish'
import { recordResult } from '@/lib/runs/record-result'
import { startRun } from '@/lib/runs/start'
import type { TestProject } from '@/lib/testing/project'
import { statementsOf } from '@/lib/testing/statements'
import { openTapped } from '@/lib/testing/tapped'
import { askApproval } from './ask'
import { cancelApproval } from './cancel'
import { claimApproval } from './claim'
import { decideApproval } from './decide'
import { holdAsked } from './hold-asked'
import type { AskedApproval } from './schemas'
import { countWaits } from '@/lib/wake/room'

let tap: Tap
let db: Database
/** Of another process, as far as it knows what was decided there. */
let otherDb: Database
let close: () => Promise<void>
let test: TestProject
let agent: Context<KeyActor>
let reviewer: Context<MemberActor>

beforeAll(async () => {
  const tapped = await openTapped()
  ;({ tap, db, test, reviewer } = tapped)
  agent = test.agent
  const other = openDatabase(tapped.url, 4)
  otherDb = other.db
  close = () => other.close().then(tapped.close)
})
afterAll(() => close())

let calls = 0
const params = { n: 1 }

type How = { seconds?: number; ctx?: Context<KeyActor>; signal?: AbortSignal }

/** An ask for a call of its own, which may be sent again by another claim_id, or none. */
async function newCall() {
  const { run } = await startRun(agent, { agent: 'tester', source: {} })
  const call = { run_id: run.id, tool: 'gated', params, tool_call_id: `call-${calls++}` }
  const ask = async (claimId?: string, { seconds = 20, ctx = agent, signal }: How = {}) => {
    const asked = await askApproval(ctx, { ...call, source: { params: JSON.stringify(params) } })
    const wait = { seconds, mostWaits: 0, signal: signal ?? new AbortController().signal }
    const held = await holdAsked(ctx, asked, wait, claimId)
    return held.answer as AskedApproval
  }
  return { ask, call }
}

const decide = (id: string, decision: 'approve' | 'reject' = 'approve') =>
  decideApproval(reviewer, { id, decision })

async function untilHeld(count = 1, of = db) {
  await expect.poll(() => countWaits(of), { interval: 5 }).toBe(count)
}

const entriesOf = async (id: string) => {
  const entries = await db.select().from(auditEntries).where(eq(auditEntries.targetId, id))
  return entries.map(({ action }) => action).sort()
}
async function idOf(toolCallId: string): Promise<string> {
  const [row] = await db
    .select({ id: approvals.id })
    .from(approvals)
    .innerJoin(toolCalls, eq(toolCalls.id, approvals.callId))
    .where(eq(toolCalls.toolCallId, toolCallId))
  return row?.id ?? ''
}

const isClaimed = async (id: string) =>
  (await db.select().from(approvals).where(eq(approvals.id, id)))[0]?.claimedAt !== null

const claimedNow = {
  status: 'approved',
  claimed_at: expect.any(String),
  next: { action: 'execute' },
  call: { status: 'running', output: null, error: null },
}

describe('an ask that is held with a claim_id', () => {
  it('is answered as claimed when it is approved, recorded as a claim', async () => {
    for (const ctx of [agent, { ...agent, db: otherDb }]) {
      const { ask, call } = await newCall()
      const asking = ask('mine', { ctx })
      await untilHeld(1, ctx.db)
      const id = await idOf(call.tool_call_id)
      await decide(id)
      const answer = await asking
      expect(answer).toMatchObject({ ...claimedNow, replayed: false })
      expect(answer.next.message).toContain('claimed by this ask')
      expect(await entriesOf(id)).toEqual(['approval.approved', 'approval.claimed'])
    }
  })

  it('is answered so again, until the result is told, the grant is over or the run has ended', async () => {
    const { ask, call } = await newCall()
    const { id } = await ask('mine', { seconds: 0 })
    await decide(id)
    const first = await ask('mine')
    const again = await ask('mine', { seconds: 0, ctx: { ...agent, db: otherDb } })
    expect([first, again]).toMatchObject([claimedNow, claimedNow])
    expect(again).toEqual(first)
    const byHand = await claimApproval(agent, { id, tool: call.tool, params, claim_id: 'mine' })
    expect(byHand).toMatchObject({ isReplay: true, approval: { claimed_at: first.claimed_at } })
    const result = {
      run: call.run_id,
      toolCallId: call.tool_call_id,
      status: 'succeeded',
      output: 7,
    } as const
    await recordResult(agent, { ...result, source: { output: '7' } })
    expect(await ask('mine')).toMatchObject({ next: { action: 'done' }, call: { output: 7 } })
    const lapsed = await newCall()
    const late = await lapsed.ask('mine', { seconds: 0 })
    await decide(late.id)
    await lapsed.ask('mine')
    const minutesAgo = sql`clock_timestamp() - interval '15 minutes'`
    await db.update(approvals).set({ resolvedAt: minutesAgo }).where(eq(approvals.id, late.id))
    expect(await lapsed.ask('mine')).toMatchObject({ next: { action: 'done' } })
    const over = await newCall()
    await decide((await over.ask('mine', { seconds: 0 })).id)
    await over.ask('mine')
    await finishRun(agent, { run: over.call.run_id, status: 'completed', source: {} })
    expect(await over.ask('mine')).toMatchObject({ next: { action: 'done' } })
    expect(await entriesOf(id)).toEqual(['approval.approved', 'approval.claimed'])
  })

  it('sees done where another id was first, which is no refused claim', async () => {
    const { ask } = await newCall()
    const { id } = await ask('mine', { seconds: 0 })
    await decide(id)
    await ask('mine')
    for (const other of ['other', undefined])
      expect(await ask(other)).toMatchObject({ next: { action: 'done' }, call: { status: 'running' } })
    expect(await entriesOf(id)).toEqual(['approval.approved', 'approval.claimed'])
  })

  it('of 20 held by one id is claimed once, with twenty equal answers', async () => {
    const { ask } = await newCall()
    const { id } = await ask(undefined, { seconds: 0 })
    const asking = Array.from({ length: 20 }, () => ask('mine'))
    await untilHeld(20)
    await decide(id)
    const answers = await Promise.all(asking)
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(answers[0]).toMatchObject(claimedNow)
    expect(await entriesOf(id)).toEqual(['approval.approved', 'approval.claimed'])
  })

  it('of 20 held by different ids is claimed by one, and done to the others', async () => {
    for (const from of [db, otherDb]) {
      const { ask } = await newCall()
      const { id } = await ask(undefined, { seconds: 0 })
      const ctx = { ...agent, db: from }
      const asking = Array.from({ length: 20 }, (_, at) => ask(`claim-${at}`, { ctx }))
      await untilHeld(20, from)
      await decide(id)
      const actions = (await Promise.all(asking)).map(({ next }) => next.action)
      expect(actions.sort()).toEqual([...Array<string>(19).fill('done'), 'execute'])
      expect(await entriesOf(id)).toEqual(['approval.approved', 'approval.claimed'])
    }
  })

  it('claims nothing that is not approved', async () => {
    for (const [action, end] of [
      ['stop', (id: string) => decide(id, 'reject')],
      ['ask_again', (id: string) => cancelApproval(agent, { id })],
    ] as const) {
      const { ask } = await newCall()
      const { id } = await ask('mine', { seconds: 0 })
      const asking = ask('mine')
      await untilHeld()
      await end(id)
      expect(await asking).toMatchObject({ next: { action }, claimed_at: null })
    }
    const { ask } = await newCall()
    expect(await ask('mine', { seconds: 0 })).toMatchObject({ next: { action: 'wait' }, claimed_at: null })
  })

  it('claims nothing for who has hung up', async () => {
    const { ask } = await newCall()
    const { id } = await ask('mine', { seconds: 0 })
    const caller = new AbortController()
    const asking = ask('mine', { signal: caller.signal })
    await untilHeld()
    caller.abort()
    await asking
    await decide(id)
    await ask('mine', { signal: caller.signal })
    expect(await isClaimed(id)).toBe(false)
    expect(await ask('mine')).toMatchObject(claimedNow)
  })

  it('claims nothing in a run that has ended, be it by a deadline that has just passed', async () => {
    const { ask, call } = await newCall()
    const { id } = await ask(undefined, { seconds: 0 })
    const late = await test.ask({ run_id: call.run_id })
    await decide(id)
    await db
      .update(approvals)
      .set({ expiresAt: sql`clock_timestamp() - interval '1 ms'` })
      .where(eq(approvals.id, late.id))
    expect(await ask('mine')).toMatchObject({
      status: 'approved',
      next: { action: 'stop' },
      claimed_at: null,
    })
    expect(await isClaimed(id)).toBe(false)
  })

  it('claims nothing for a key that is revoked while it waits', async () => {
    const key = await test.key(['run'])
    const { ask } = await newCall()
    const { id } = await ask(undefined, { seconds: 0 })
    const asking = ask('mine', { ctx: key }).catch((error: unknown) => error)
    await untilHeld()
    await db
      .update(keys)
      .set({ revokedAt: sql`now()` })
      .where(eq(keys.id, key.actor.id))
    await decide(id)
    expect(await asking).toMatchObject({ code: 'unauthenticated' })
    expect(await isClaimed(id)).toBe(false)
  })

  it('costs one statement from the decision to the claim, and none to wait for it', async () => {
    const cycle = async (claimId?: string) => {
      const { ask, call } = await newCall()
      let asking: ReturnType<typeof ask> | undefined
      const asked = await statementsOf(tap, async () => {
        asking = ask(claimId)
        await untilHeld()
        await pause(20)
      })
      const id = await idOf(call.tool_call_id)
      const decided = await statementsOf(tap, async () => {
        await decide(id)
        await asking
      })
      return [asked, decided]
    }
    await cycle('mine')
    await cycle()
    expect(await cycle('mine')).toEqual([2, 3])
    expect(await cycle()).toEqual([2, 2])
  })
})
