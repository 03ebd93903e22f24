import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { approvalEvents, approvals } from '@/db/schema/approvals'
import { deployAgent } from '@/lib/agents/deploy'
import { compareApprovals } from '@/lib/audit/compare-approvals'
import type { Context, MemberActor } from '@/lib/context'
import { startRun } from '@/lib/runs/start'
import { openTestDatabase } from '@/lib/testing/open-database'
import { auditOf } from '@/lib/testing/person'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { askApproval } from './ask'
import { askMany } from './ask-many'
import { cancelApproval } from './cancel'
import { claimApproval } from './claim'
import { decideApproval } from './decide'
import { readApproval } from './read'
import type { AskedApproval } from './schemas'

let db: Database
let close: () => Promise<void>
let test: TestProject
let ann: Context<MemberActor>
let runId: string
let next = 0

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase(40))
})
afterAll(() => close())
beforeEach(async () => {
  test = await makeTestProject(db)
  ann = await test.member('reviewer')
  const config = `approval:
  on_rejection: continue
  tools:
    - pay: {repeat: refuse}
    - mail
`
  await deployAgent(await test.member('admin'), { name: 'payer', config })
  runId = await newRun()
})

async function newRun(): Promise<string> {
  const started = await startRun(test.agent, { agent: 'payer', source: {} })
  return (started as { run: { id: string } }).run.id
}

async function ask(amount = 1, more: { tool?: string; run_id?: string; tool_call_id?: string } = {}) {
  const params = { amount }
  const call = { tool: 'pay', run_id: runId, tool_call_id: `call-${next++}`, ...more }
  const asked = await askApproval(test.agent, { ...call, params, source: { params: JSON.stringify(params) } })
  return asked.answer as AskedApproval
}

/** Whoever waits too long for the run on a busy machine asks again by the same id, as clients do. */
async function askPatiently(amount = 1): Promise<AskedApproval> {
  const id = `call-${next++}`
  for (let tries = 0; ; tries++) {
    try {
      return await ask(amount, { tool_call_id: id })
    } catch (error) {
      if (tries === 5 || !String((error as Error).cause).includes('statement timeout')) throw error
    }
  }
}

const reject = (id: string) => decideApproval(ann, { id, decision: 'reject', reason: 'Never.' })

it('refuses what a person rejected, without asking, and says so everywhere', async () => {
  const first = await ask()
  await reject(first.id)
  const again = await ask()
  const denied = { by: 'repeat', of: first.id }
  expect(again).toMatchObject({
    required: true,
    status: 'rejected',
    decision: null,
    decided_at: null,
    wait_ms: 0,
    denied,
    replayed: false,
    call: { status: 'rejected' },
    next: { action: 'continue', message: expect.stringContaining('nobody was asked') as string },
  })
  expect(await readApproval(test.agent, again.id)).toMatchObject({
    status: 'rejected',
    denied,
    decision: null,
  })
  await expect(
    claimApproval(test.agent, { id: again.id, tool: 'pay', params: { amount: 1 } }),
  ).rejects.toMatchObject({ code: 'not_approved' })
  await expect(reject(again.id)).rejects.toMatchObject({ code: 'already_decided' })
  expect(await auditOf(db, test.project.id, 'approval.denied')).toHaveLength(1)
  const events = await db
    .select({ type: approvalEvents.type })
    .from(approvalEvents)
    .where(eq(approvalEvents.approvalId, again.id))
  expect(events).toEqual([{ type: 'denied' }])
  expect((await compareApprovals(db, test.project.id)).mismatches).toEqual([])
  // the answer to the same ask again is the same one
  const replayed = await ask(1, { tool_call_id: again.tool_call_id })
  expect(replayed).toMatchObject({ id: again.id, replayed: true, denied })
})

it('holds other params, another tool, another run, and what only expired or was withdrawn', async () => {
  const first = await ask()
  await reject(first.id)
  expect(await ask(2)).toMatchObject({ status: 'pending', denied: null })
  expect(await ask(1, { run_id: await newRun() })).toMatchObject({ status: 'pending' })
  const mail = await ask(1, { tool: 'mail' })
  await reject(mail.id)
  expect(await ask(1, { tool: 'mail' })).toMatchObject({ status: 'pending' })
  const withdrawn = await ask(3)
  await cancelApproval(test.agent, { id: withdrawn.id })
  expect(await ask(3)).toMatchObject({ status: 'pending' })
  const changed = await ask(4)
  await decideApproval(ann, { id: changed.id, decision: 'request_changes', reason: 'Smaller.' })
  expect(await ask(4)).toMatchObject({ status: 'pending' })
})

it('refuses it among several that are asked for together', async () => {
  const first = await ask()
  await reject(first.id)
  const results = await askMany(test.agent, {
    run_id: runId,
    calls: [
      { tool_call_id: 'a', tool: 'pay', params: { amount: 1 } },
      { tool_call_id: 'b', tool: 'pay', params: { amount: 9 } },
      { tool_call_id: 'c', tool: 'free', params: {} },
    ],
  })
  expect(results.map((one) => ('answer' in one ? one.answer : one))).toMatchObject([
    { status: 'rejected', denied: { of: first.id } },
    { status: 'pending', denied: null },
    { required: false },
  ])
})

it('lets none of twenty identical calls at once wait for anybody', async () => {
  const first = await ask()
  await reject(first.id)
  const asked = await Promise.all(Array.from({ length: 20 }, () => askPatiently()))
  expect(new Set(asked.map(({ id }) => id)).size).toBe(20)
  for (const one of asked) expect(one).toMatchObject({ status: 'rejected', denied: { of: first.id } })
  const isPending = and(eq(approvals.projectId, test.project.id), eq(approvals.status, 'pending'))
  expect(await db.select({ id: approvals.id }).from(approvals).where(isPending)).toEqual([])
})

it('holds or refuses each of twenty that race with the rejection, and nothing else', async () => {
  const first = await ask()
  const [, ...asked] = await Promise.all([
    reject(first.id),
    ...Array.from({ length: 20 }, () => askPatiently()),
  ])
  for (const one of asked) {
    if (one.status === 'pending') expect(one.denied).toBeNull()
    else expect(one).toMatchObject({ status: 'rejected', denied: { of: first.id } })
  }
  expect(await ask()).toMatchObject({ status: 'rejected', denied: { of: first.id } })
  expect((await compareApprovals(db, test.project.id)).mismatches).toEqual([])
})
