import { asc, eq, inArray, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Database } from '@/db/client'
import { approvalEvents, approvals, decisions } from '@/db/schema/approvals'
import { auditEntries } from '@/db/schema/audit'
import { runs } from '@/db/schema/runs'
import { sealAudit } from '@/lib/audit/seal'
import { verifyAudit } from '@/lib/audit/verify'
import { finishRun } from '@/lib/runs/finish'
import { lockRun } from '@/lib/runs/lock'
import { startRun } from '@/lib/runs/start'
import { copyApproval } from '@/lib/testing/copy-approval'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { onWake, type Wake } from '@/lib/wake/wake'
import { retrySetAside, setAside } from '@/lib/work/set-aside'
import { cancelApproval } from './cancel'
import { claimApproval } from './claim'
import { decideApproval } from './decide'
import { expireApprovals, expireBeforeReading } from './expire'

let db: Database
let close: () => Promise<void>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase(20))
})
afterAll(() => close())

/** Of each approval: its tool (`gated` fails the run, `soft` goes on) and its deadline in minutes from now. */
type Plan = { name: string; approvals: [tool: string, minutes: number][]; isFinished?: boolean }

const plans: Plan[] = [
  { name: 'one due that fails', approvals: [['gated', -1]] },
  { name: 'one due that goes on', approvals: [['soft', -1]] },
  { name: 'nothing due', approvals: [['gated', 5], ['soft', 6]] }, // prettier-ignore
  { name: 'due and not due, going on', approvals: [['soft', -2], ['soft', 7], ['soft', -3]] }, // prettier-ignore
  { name: 'all due, going on', approvals: [['soft', -2], ['soft', -1]] }, // prettier-ignore
  { name: 'the first due fails, the rest is cancelled', approvals: [['soft', 9], ['gated', -3], ['gated', -2], ['soft', -1]] }, // prettier-ignore
  { name: 'goes on twice, then fails', approvals: [['soft', -5], ['gated', 4], ['soft', -4], ['gated', -1]] }, // prettier-ignore
  { name: 'the same deadline', approvals: [['soft', -1], ['gated', -1], ['soft', -1]] }, // prettier-ignore
  { name: 'finished before', approvals: [['gated', -1], ['soft', -1]], isFinished: true }, // prettier-ignore
]

async function makeRuns(project: TestProject): Promise<string[]> {
  const made: string[] = []
  for (const plan of plans) {
    const { run } = await startRun(project.agent, { agent: 'tester', source: {} })
    const ids: string[] = []
    for (const [i, [tool]] of plan.approvals.entries()) {
      const params = { plan: plan.name, number: 0.1, text: 'ä"\\\n⟨x⟩' }
      ids.push((await project.ask({ tool, params, run_id: run.id, tool_call_id: `call_${i}` })).id)
    }
    if (plan.isFinished)
      await finishRun(project.agent, { run: run.id, status: 'completed', source: { output: undefined } })
    for (const [i, [, minutes]] of plan.approvals.entries())
      await db
        .update(approvals)
        .set({
          requestedAt: sql`date_trunc('day', clock_timestamp()) - make_interval(hours => 9, secs => ${i}::int)`,
          expiresAt: sql`date_trunc('minute', clock_timestamp()) + make_interval(mins => ${minutes}::int)`,
        })
        .where(eq(approvals.id, ids[i] ?? ''))
    made.push(run.id)
  }
  return made
}

/** Everything that an expiry leaves behind in a run, with what differs by nature (ids, clocks) named instead. */
async function traceOf(runId: string) {
  const [run] = await db.select().from(runs).where(eq(runs.id, runId))
  const rows = await db
    .select()
    .from(approvals)
    .where(eq(approvals.runId, runId))
    .orderBy(approvals.requestedAt)
  const ids = rows.map((row) => row.id)
  const nameOf = (id: string) => `approval ${ids.indexOf(id)}`
  const when = (at: Date | null, expiresAt?: Date) =>
    at === null ? null : at.getTime() === expiresAt?.getTime() ? 'deadline' : 'now'
  const entries = await db
    .select()
    .from(auditEntries)
    .where(inArray(auditEntries.targetId, ids))
    .orderBy(asc(auditEntries.ordinal))
  const events = await db
    .select()
    .from(approvalEvents)
    .where(inArray(approvalEvents.approvalId, ids))
    .orderBy(asc(approvalEvents.id))
  return {
    run: {
      status: run?.status,
      pending: run?.pendingCount,
      error: run?.error,
      isOver: run?.finishedAt !== null,
    },
    approvals: rows.map((row) => [row.tool, row.status, when(row.resolvedAt, row.expiresAt)]),
    audit: entries.map(
      ({ action, actorType, actorId, actorLabel, via, targetType, targetId, targetLabel, detail }) => {
        const { wait_ms: waitMs, run_id: of, ...rest } = JSON.parse(detail ?? '') as Record<string, unknown>
        const row = rows.find((one) => one.id === targetId)
        const isExact = row?.resolvedAt && waitMs === row.resolvedAt.getTime() - row.requestedAt.getTime()
        const actor = [actorType, actorType === 'key' ? '' : actorId, actorLabel, via]
        return {
          action,
          actor,
          target: [targetType, nameOf(targetId), targetLabel],
          isExact,
          isOf: of === runId,
          rest,
        }
      },
    ),
    events: events.map((event) => [event.type, nameOf(event.approvalId)]),
  }
}

describe('expireApprovals', () => {
  it('leaves behind exactly what the lock of each run leaves', async () => {
    const [many, single] = [await makeTestProject(db), await makeTestProject(db)]
    const [runsOfMany, runsOfSingle] = [await makeRuns(many), await makeRuns(single)]
    const wakes: Wake[] = []
    const stop = onWake((some) => void wakes.push(...some))
    const { expired } = await expireApprovals(db, many.project.id)
    stop()
    expect(wakes.every((one) => one.projectId === many.project.id)).toBe(true)
    expect(new Set(wakes.map((one) => one.approvalId)).size).toBe(expired)
    expect(expired).toBe(1 + 1 + 0 + 2 + 2 + 4 + 4 + 3 + 0)
    for (const id of runsOfSingle) await db.transaction((tx) => lockRun(tx, single.system, eq(runs.id, id)))
    for (const [i, plan] of plans.entries()) {
      const expected = await traceOf(runsOfSingle[i] ?? '')
      expect([plan.name, await traceOf(runsOfMany[i] ?? '')]).toEqual([plan.name, expected])
    }
    const failed = await traceOf(runsOfMany[5] ?? '')
    expect(failed.run).toMatchObject({ status: 'failed', pending: 0, isOver: true })
    expect(failed.events.slice(-4).map(([type]) => type)).toEqual([
      'expired',
      'cancelled',
      'cancelled',
      'cancelled',
    ])
    expect((await traceOf(runsOfMany[3] ?? '')).run).toMatchObject({
      status: 'awaiting_approval',
      pending: 1,
    })
    expect((await expireApprovals(db, many.project.id)).expired).toBe(0)
    await sealAudit(db)
    expect(await verifyAudit(db, many.project.id)).toMatchObject({ ok: true })
  })

  it('leaves a run that somebody holds to the next sweep, and waits for nobody', async () => {
    const project = await makeTestProject(db)
    const [held, free] = [await project.ask(), await project.ask()]
    await makeDue([held.id, free.id])
    await db.transaction(async (tx) => {
      await tx.select().from(runs).where(eq(runs.id, held.run_id)).for('update')
      expect((await expireApprovals(db, project.project.id)).expired).toBe(1)
      expect(await statusOf(free.id)).toBe('expired')
    })
    expect(await statusOf(held.id)).toBe('pending')
    await expireBeforeReading(project.agent)
    expect(await statusOf(held.id)).toBe('expired')
  })

  it('ends within a second for a reader, though a run is held', async () => {
    const project = await makeTestProject(db)
    const held = await project.ask()
    await makeDue([held.id])
    await db.transaction(async (tx) => {
      await tx.select().from(runs).where(eq(runs.id, held.run_id)).for('update')
      await expireBeforeReading(project.agent)
      expect(await statusOf(held.id)).toBe('pending')
    })
    await expireBeforeReading(project.agent)
    expect(await statusOf(held.id)).toBe('expired')
  })

  it('expires more than one transaction takes, each once, with several sweepers at it', async () => {
    const project = await makeTestProject(db)
    const { id } = await project.ask({ tool: 'soft' })
    await copyApproval(db, id, 899)
    await db.update(approvals).set({ expiresAt: sql`clock_timestamp() - interval '1 millisecond'` }).where(eq(approvals.projectId, project.project.id)) // prettier-ignore
    const sweeps = await Promise.all([
      expireApprovals(db),
      expireApprovals(db),
      expireApprovals(db, project.project.id),
    ])
    expect(sweeps.reduce((sum, sweep) => sum + sweep.expired, 0)).toBe(900)
    const [count] = await db.execute<{
      expired: number
      running: number
      entries: number
      events: number
    }>(sql`
      select (select count(*) from approvals where project_id = p.id and status = 'expired')::int as expired,
        (select count(*) from runs where project_id = p.id and status = 'running' and pending_count = 0)::int as running,
        (select count(*) from audit_entries where project_id = p.id and action = 'approval.expired')::int as entries,
        (select count(distinct approval_id) from approval_events where project_id = p.id and type = 'expired')::int as events
      from projects p where id = ${project.project.id}`)
    expect(count).toEqual({ expired: 900, running: 900, entries: 900, events: 900 })
  })

  it('takes a run whose params fill a transaction alone', async () => {
    const project = await makeTestProject(db)
    const { run } = await startRun(project.agent, { agent: 'tester', source: {} })
    const ids: string[] = []
    for (let i = 0; i < 50; i++)
      ids.push((await project.ask({ tool: 'soft', run_id: run.id, params: { i, text: ['x', 'y', 'z'].map((one) => one.repeat(65_000)) } })).id) // prettier-ignore
    const other = await project.ask()
    await makeDue([...ids, other.id])
    expect((await expireApprovals(db, project.project.id)).expired).toBe(51)
    expect(await statusOf(ids[49] ?? '')).toBe('expired')
  })

  it('expires everything else where one run cannot be, and says so', async () => {
    const project = await makeTestProject(db)
    const asked = [await project.ask(), await project.ask(), await project.ask({ tool: 'soft' })]
    const bad = asked[1]?.id ?? ''
    const setParams = (params: string) =>
      db.execute(
        sql`update tool_calls set params = ${params} where id = (select call_id from approvals where id = ${bad})`,
      )
    await setParams('{"broken')
    await makeDue(asked.map((one) => one.id))
    const log = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    expect((await expireApprovals(db)).expired).toBe(2)
    expect((await expireApprovals(db)).expired).toBe(0)
    const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)) as object)
    log.mockRestore()
    expect(lines).toMatchObject([
      { where: 'set aside', kind: 'expiry', id: asked[1]?.run_id, error: 'SyntaxError', tries: 1 },
    ])
    const begun = performance.now()
    await expireBeforeReading(project.agent)
    expect(performance.now() - begun).toBeLessThan(900)
    expect(await Promise.all(asked.map((one) => statusOf(one.id)))).toEqual(['expired', 'pending', 'expired'])
    await setParams('{}')
    await retrySetAside(db)
    expect((await expireApprovals(db)).expired).toBe(1)
    expect(await db.execute(sql`select from set_aside`)).toEqual([])
  })

  it.each([
    ['can be expired', '{}'],
    ['cannot', '{"broken'],
  ])('lets nobody decide or use what is due of a run that is set aside, where it %s', async (_, text) => {
    const project = await makeTestProject(db)
    const reviewer = await project.member('reviewer')
    const asked = await project.ask({ params: {} })
    await db.execute(
      sql`update tool_calls set params = ${text} where id = (select call_id from approvals where id = ${asked.id})`,
    )
    const log = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    await setAside(db, 'expiry', { id: asked.run_id, projectId: project.project.id }, new Error('no'))
    log.mockRestore()
    await makeDue([asked.id])
    expect((await expireApprovals(db, project.project.id)).expired).toBe(0)
    expect(await statusOf(asked.id)).toBe('pending')
    const claim = { id: asked.id, tool: 'gated', params: {} }
    for (const attempt of [
      () => claimApproval(project.agent, claim),
      () => decideApproval(reviewer, { id: asked.id, decision: 'approve' }),
      () => decideApproval(reviewer, { id: asked.id, decision: 'reject' }),
      () => claimApproval(project.agent, claim),
    ])
      await expect(attempt()).rejects.toThrow()
    expect(['pending', 'expired']).toContain(await statusOf(asked.id))
    expect(await db.select().from(decisions).where(eq(decisions.approvalId, asked.id))).toEqual([])
    const [row] = await db.select().from(approvals).where(eq(approvals.id, asked.id))
    expect(row?.claimedAt).toBe(null)
    await db.execute(sql`delete from set_aside`)
    await db.execute(sql`update tool_calls set params = '{}' where params = ${text}`)
    await expireApprovals(db, project.project.id)
    expect(await statusOf(asked.id)).toBe('expired')
  })

  it('keeps the tries of a run that somebody else holds', async () => {
    const project = await makeTestProject(db)
    const asked = await project.ask()
    await makeDue([asked.id])
    const log = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    await setAside(db, 'expiry', { id: asked.run_id, projectId: project.project.id }, new Error('no'))
    log.mockRestore()
    await db.execute(
      sql`update set_aside set retry_at = clock_timestamp() - interval '1 millisecond', tries = 3`,
    )
    const triesOf = () =>
      db.execute(sql`select tries from set_aside where kind = 'expiry' and subject_id = ${asked.run_id}`)
    await db.transaction(async (tx) => {
      await tx.execute(sql`select from runs where id = ${asked.run_id} for update`)
      expect((await expireApprovals(db, project.project.id)).expired).toBe(0)
    })
    expect(await triesOf()).toEqual([{ tries: 3 }])
    expect((await expireApprovals(db, project.project.id)).expired).toBe(1)
    expect(await triesOf()).toEqual([])
  })

  it('ends a run whose params take several statements in one go, each entry with its own params', async () => {
    const project = await makeTestProject(db)
    const { run } = await startRun(project.agent, { agent: 'tester', source: {} })
    const ids: string[] = []
    for (let i = 0; i < 24; i++)
      ids.push((await project.ask({ run_id: run.id, params: { i, text: ['x', 'y', 'z'].map((one) => one.repeat(65_000)) } })).id) // prettier-ignore
    await makeDue(ids.slice(0, 1))
    expect((await expireApprovals(db, project.project.id)).expired).toBe(24)
    expect(await Promise.all(ids.map(statusOf))).toEqual(['expired', ...Array<string>(23).fill('cancelled')])
    const entries = await db.select().from(auditEntries).where(inArray(auditEntries.targetId, ids))
    const told = entries.map((entry) => [
      entry.targetId,
      (JSON.parse(entry.detail ?? '') as { params: { i: number } }).params.i,
    ])
    expect(new Map(told as [string, number][])).toEqual(new Map(ids.map((id, i) => [id, i])))
  })

  it('takes of each project in turn, and of large runs last', async () => {
    const [many, large, few] = [
      await makeTestProject(db),
      await makeTestProject(db),
      await makeTestProject(db),
    ]
    const { id } = await many.ask({ tool: 'soft' })
    await copyApproval(db, id, 599)
    const { run } = await startRun(large.agent, { agent: 'tester', source: {} })
    for (let i = 0; i < 24; i++)
      await large.ask({
        run_id: run.id,
        params: { i, text: ['x', 'y', 'z'].map((one) => one.repeat(65_000)) },
      })
    const last = await few.ask({ tool: 'soft' })
    for (const one of [many, large])
      await db.update(approvals).set({ expiresAt: sql`clock_timestamp() - interval '1 minute'` }).where(eq(approvals.projectId, one.project.id)) // prettier-ignore
    await makeDue([last.id])
    expect((await expireApprovals(db)).expired).toBe(600 + 24 + 1)
    const [place] = await db.execute<{ before: number; beforeLarge: number }>(sql`
      with ended as (select id, project_id, approval_id from approval_events where type in ('expired', 'cancelled'))
      select (select count(*) from ended e where e.id < l.id and project_id = ${many.project.id})::int as before,
        (select count(*) from ended e where e.id > l.id and project_id = ${large.project.id})::int as "beforeLarge"
      from ended l where l.approval_id = ${last.id}`)
    expect(place?.before).toBeLessThan(200)
    expect(place?.beforeLarge).toBe(24)
  })

  it('races with those who decide and cancel in one outcome each', async () => {
    const project = await makeTestProject(db)
    const reviewer = await project.member('reviewer')
    const asked = []
    for (let i = 0; i < 30; i++) {
      const first = await project.ask({ tool: i % 2 ? 'soft' : 'gated' })
      asked.push(first, await project.ask({ tool: 'soft', run_id: first.run_id }))
    }
    const ids = asked.map((one) => one.id)
    await db.update(approvals).set({ expiresAt: sql`clock_timestamp() + interval '40 milliseconds'` }).where(inArray(approvals.id, ids)) // prettier-ignore
    const sweeping = (async () => {
      for (let i = 0; i < 15; i++) await expireApprovals(db, project.project.id)
    })()
    const quiet = (work: Promise<unknown>) => work.catch(() => undefined)
    await Promise.all([
      sweeping,
      ...ids.map(
        (id, i) =>
        quiet(i % 3 ? decideApproval(reviewer, { id, decision: i % 5 ? 'approve' : 'reject' }) : cancelApproval(project.agent, { id })), // prettier-ignore
      ),
    ])
    await expireBeforeReading(project.agent)
    const rows = await db.select().from(approvals).where(inArray(approvals.id, ids))
    for (const row of rows) {
      const entries = await db.select().from(auditEntries).where(eq(auditEntries.targetId, row.id))
      expect(entries.map((entry) => entry.action)).toEqual([`approval.${row.status}`])
      const events = await db.select().from(approvalEvents).where(eq(approvalEvents.approvalId, row.id))
      expect(events.map((event) => event.type).filter((type) => type !== 'requested')).toEqual([row.status])
      const made = await db.select().from(decisions).where(eq(decisions.approvalId, row.id))
      expect(made.length).toBe(row.status === 'approved' || row.status === 'rejected' ? 1 : 0)
      expect(row.status === 'expired' ? row.resolvedAt : row.expiresAt).toEqual(row.expiresAt)
    }
    expect(rows.filter((row) => row.status === 'pending')).toEqual([])
    expect(new Set(rows.map((row) => row.status)).size).toBeGreaterThan(1)
  })
})

async function makeDue(ids: string[]): Promise<void> {
  await db.update(approvals).set({ expiresAt: sql`clock_timestamp() - interval '1 millisecond'` }).where(inArray(approvals.id, ids)) // prettier-ignore
}

async function statusOf(id: string) {
  const [row] = await db.select({ status: approvals.status }).from(approvals).where(eq(approvals.id, id))
  return row?.status
}
