import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { approvals } from '@/db/schema/approvals'
import { auditEntries } from '@/db/schema/audit'
import { askApproval } from '@/lib/approvals/ask'
import { decideApproval } from '@/lib/approvals/decide'
import { expireApprovals } from '@/lib/approvals/expire'
import { updateProject } from '@/lib/members/update-project'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { finishRun } from './finish'
import { startRun } from './start'

let db: Database
let close: () => Promise<void>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())

async function projectThat(audit_runs: boolean): Promise<TestProject> {
  const test = await makeTestProject(db)
  if (audit_runs) await updateProject(await test.member('admin'), { audit_runs })
  return test
}

async function entriesOf(test: TestProject) {
  const rows = await db
    .select()
    .from(auditEntries)
    .where(and(eq(auditEntries.projectId, test.project.id), eq(auditEntries.targetType, 'run')))
    .orderBy(auditEntries.ordinal)
  return rows.map((row) => {
    const { status, external_id } = JSON.parse(row.detail ?? '') as Record<string, unknown>
    return { action: row.action, run: row.targetId, actor: row.actorId, status, external_id }
  })
}

const asked = { agent: 'tester', params: { a: 1 }, source: { params: '{"a":1}' } }

describe('where the project wants it, a run is on record', () => {
  it('as it begins and ends by its agent, once', async () => {
    const test = await projectThat(true)
    const input = { agent: 'tester', external_id: 'order-7', source: {} }
    const { run } = await startRun(test.agent, input)
    await startRun(test.agent, input)
    await finishRun(test.agent, { run: run.id, status: 'completed', source: {} })
    await expect(finishRun(test.agent, { run: run.id, status: 'failed', source: {} })).rejects.toThrow()
    const same = { run: run.id, actor: test.agent.actor.id, external_id: 'order-7' }
    expect(await entriesOf(test)).toEqual([
      { action: 'run.started', ...same },
      { action: 'run.finished', ...same, status: 'completed' },
    ])
  })

  it('that an ask starts, held or free', async () => {
    const test = await projectThat(true)
    const runs = []
    for (const tool of ['gated', 'free'])
      runs.push((await askApproval(test.agent, { ...asked, tool })).answer.run_id)
    expect((await entriesOf(test)).map(({ action, run }) => [action, run])).toEqual(
      runs.map((run) => ['run.started', run]),
    )
    await askApproval(test.agent, { ...asked, agent: undefined, run_id: runs[1], tool: 'gated' })
    expect(await entriesOf(test)).toHaveLength(2)
  })

  it('that a rejection ends, by its reviewer, and one that a deadline ends, by Holdpoint', async () => {
    const test = await projectThat(true)
    const reviewer = await test.member('reviewer')
    const [rejected, due, kept] = [await test.ask(), await test.ask(), await test.ask({ tool: 'soft' })]
    await decideApproval(reviewer, { id: rejected.id, decision: 'reject' })
    await decideApproval(reviewer, { id: kept.id, decision: 'reject' })
    await db
      .update(approvals)
      .set({ expiresAt: sql`clock_timestamp() - interval '1 millisecond'` })
      .where(eq(approvals.id, due.id))
    await expireApprovals(db, test.project.id)
    const ends = (await entriesOf(test)).filter(({ action }) => action === 'run.finished')
    expect(ends).toMatchObject([
      { run: rejected.run_id, actor: reviewer.actor.id, status: 'failed' },
      { run: due.run_id, actor: 'holdpoint', status: 'failed' },
    ])
  })
})

it('elsewhere, none is', async () => {
  const test = await projectThat(false)
  const { run } = await startRun(test.agent, { agent: 'tester', source: {} })
  await finishRun(test.agent, { run: run.id, status: 'completed', source: {} })
  const { id } = await test.ask()
  await decideApproval(await test.member('reviewer'), { id, decision: 'reject' })
  expect(await entriesOf(test)).toEqual([])
})
