import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { approvals } from '@/db/schema/approvals'
import { auditEntries } from '@/db/schema/audit'
import type { Tap } from '@/lib/cli/bench/tap'
import type { Context, MemberActor } from '@/lib/context'
import type { AppError } from '@/lib/errors'
import { finishRun } from '@/lib/runs/finish'
import { recordResult } from '@/lib/runs/record-result'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { statementsOf } from '@/lib/testing/statements'
import { openTapped } from '@/lib/testing/tapped'
import { claimApproval } from './claim'
import { decideApproval } from './decide'
import { takeDecided } from './lately-decided'

let tap: Tap
let db: Database
let close: () => Promise<void>
let test: TestProject
let reviewer: Context<MemberActor>

beforeAll(async () => {
  ;({ tap, db, test, reviewer, close } = await openTapped())
})
afterAll(() => close())

const call = { tool: 'gated', params: { order_id: 'ORD-1', amount: 2400 } }

async function approved() {
  const asked = await test.ask()
  await decideApproval(reviewer, { id: asked.id, decision: 'approve' })
  return asked
}

const claim = (id: string, claimId?: string, ctx: Context = test.agent) =>
  claimApproval(ctx, { id, ...call, ...(claimId === undefined ? {} : { claim_id: claimId }) })

/** What became of a claim, in a word. */
const outcome = (...of: Parameters<typeof claim>) =>
  claim(...of).then(
    ({ isReplay }) => (isReplay ? 'again' : 'claimed'),
    (error: unknown) => (error as AppError).code,
  )

const claimsOf = async (id: string) => {
  const entries = await db.select().from(auditEntries).where(eq(auditEntries.targetId, id))
  return entries.filter(({ action }) => action === 'approval.claimed')
}

describe('a claim by an id', () => {
  it('is granted again to the same id, by any key of the project, and recorded once', async () => {
    const { id } = await approved()
    const first = await claim(id, 'mine')
    const again = await claim(id, 'mine')
    const byOther = await claim(id, 'mine', await test.key(['run']))
    expect([first.isReplay, again.isReplay, byOther.isReplay]).toEqual([false, true, true])
    expect(first.approval.claimed_at).not.toBeNull()
    expect([again.approval, byOther.approval]).toEqual([first.approval, first.approval])
    expect(await claimsOf(id)).toHaveLength(1)
  })

  it('is nobody else’s: not of another id, of none, of other params or of another project', async () => {
    const { id } = await approved()
    await claim(id, 'mine')
    expect(await outcome(id, 'other')).toBe('already_claimed')
    expect(await outcome(id)).toBe('already_claimed')
    const changed = { id, ...call, params: { amount: 1 }, claim_id: 'mine' }
    await expect(claimApproval(test.agent, changed)).rejects.toMatchObject({ code: 'params_mismatch' })
    expect(await outcome(id, 'mine', (await makeTestProject(db)).agent)).toBe('not_found')
    expect(await outcome(id, 'mine', await test.key(['read']))).toBe('forbidden')
    const { id: without } = await approved()
    await claim(without)
    expect(await outcome(without, 'mine')).toBe('already_claimed')
  })

  it('is not granted again once the grant is over, the result is told or the run has ended', async () => {
    const lapsed = await approved()
    await claim(lapsed.id, 'mine')
    await db
      .update(approvals)
      .set({ resolvedAt: sql`clock_timestamp() - interval '15 minutes'` })
      .where(eq(approvals.id, lapsed.id))
    expect(await outcome(lapsed.id, 'mine')).toBe('already_claimed')
    const told = await approved()
    await claim(told.id, 'mine')
    const where = { run: told.run_id, toolCallId: told.tool_call_id }
    await recordResult(test.agent, { ...where, status: 'succeeded', source: {} })
    expect(await outcome(told.id, 'mine')).toBe('already_claimed')
    const over = await approved()
    await claim(over.id, 'mine')
    await finishRun(test.agent, { run: over.run_id, status: 'completed', source: {} })
    expect(await outcome(over.id, 'mine')).toBe('run_finished')
  })

  it('of 20 at once by one id is one claim, with twenty equal answers', async () => {
    for (const isDecidedHere of [true, false]) {
      const { id } = await approved()
      if (!isDecidedHere) takeDecided(db, id)
      const answers = await Promise.all(Array.from({ length: 20 }, () => claim(id, 'mine')))
      expect(answers.filter(({ isReplay }) => !isReplay)).toHaveLength(1)
      for (const { approval } of answers) expect(approval).toEqual(answers[0]?.approval)
      expect(await claimsOf(id)).toHaveLength(1)
    }
  })

  it('of 20 at once by different ids has one winner, who may claim again', async () => {
    const { id } = await approved()
    takeDecided(db, id)
    const ids = Array.from({ length: 20 }, (_, at) => `claim-${at}`)
    const outcomes = await Promise.all(ids.map((one) => outcome(id, one)))
    expect(outcomes.filter((one) => one === 'already_claimed')).toHaveLength(19)
    const winner = ids[outcomes.indexOf('claimed')]
    expect(await Promise.all(ids.map((one) => outcome(id, one)))).toEqual(
      ids.map((one) => (one === winner ? 'again' : 'already_claimed')),
    )
    expect(await claimsOf(id)).toHaveLength(1)
  })

  it('costs no statement more than a claim without, and one to be told so again', async () => {
    const { id: warm } = await approved()
    await claim(warm, 'mine')
    await claim(warm, 'mine')
    const here = await approved()
    expect(await statementsOf(tap, () => claim(here.id, 'mine'))).toBe(1)
    const elsewhere = await approved()
    takeDecided(db, elsewhere.id)
    expect(await statementsOf(tap, () => claim(elsewhere.id, 'mine'))).toBe(2)
    expect(await statementsOf(tap, () => claim(elsewhere.id, 'mine'))).toBe(1)
  })
})
