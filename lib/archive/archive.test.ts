import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { listProjectsOfUser } from '@/db/queries/members'
import { listTimeline } from '@/db/queries/timeline'
import { runs } from '@/db/schema/runs'
import { deployAgent } from '@/lib/agents/deploy'
import { askApproval } from '@/lib/approvals/ask'
import { askMany } from '@/lib/approvals/ask-many'
import { claimApproval } from '@/lib/approvals/claim'
import { decideApproval } from '@/lib/approvals/decide'
import { readApproval } from '@/lib/approvals/read'
import { waitForApproval } from '@/lib/approvals/wait'
import type { Context, MemberActor } from '@/lib/context'
import type { AppError } from '@/lib/errors'
import { createKey } from '@/lib/keys/create-key'
import { createToken } from '@/lib/keys/create-token'
import { readProject } from '@/lib/members/read'
import { pauseProject, resumeProject } from '@/lib/pause/pause'
import { recordResult } from '@/lib/runs/record-result'
import { startRun } from '@/lib/runs/start'
import { doJobs, jobDeps } from '@/lib/testing/due-jobs'
import { codeOf } from '@/lib/testing/code-of'
import { openTwoPools } from '@/lib/testing/open-database'
import { holdLocks, untilWaiting } from '@/lib/testing/hold'
import { auditOf, withoutAudit } from '@/lib/testing/person'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { archiveProject, unarchiveProject } from './archive'
import { endRunsByJob } from './end-runs'

let db: Database
/** Another process, as it were. */
let other: Database
let databaseUrl: string
let close: () => Promise<void>
let test: TestProject
let owner: Context<MemberActor>
let reviewer: Context<MemberActor>

beforeAll(async () => {
  ;({ db, other, url: databaseUrl, close } = await openTwoPools(8))
})
afterAll(() => close())
beforeEach(async () => {
  test = await makeTestProject(db)
  owner = await test.member('owner')
  reviewer = await test.member('reviewer')
})

const params = { order_id: 'ORD-1', amount: 2400 }
const archive = (ctx: Context = owner) => archiveProject(ctx, { confirm: ctx.project.slug })
const ask = (tool: string, more: object = {}, ctx: Context = test.agent) =>
  askApproval(ctx, { agent: 'tester', tool, params: {}, source: { params: '{}' }, ...more })
const claim = (id: string, ctx: Context = test.agent) => claimApproval(ctx, { id, tool: 'gated', params })
const startOf = (agent: string, ctx: Context = test.agent) => startRun(ctx, { agent, source: {} })
const statusOf = async (run: string) => (await db.select().from(runs).where(eq(runs.id, run)))[0]?.status

/** Longer than a request ends runs, and shorter than a statement may wait. */
const heldMs = 3300

/** Somebody else holds every run of the project, so that the work comes no further than to the first four of them. */
async function whileHeld<T>(work: () => Promise<T>): Promise<T> {
  let working: Promise<T> | undefined
  await other.transaction(async (tx) => {
    await tx.execute(
      sql`select from runs where project_id = ${test.project.id} and finished_at is null for update`,
    )
    working = work()
    await untilWaiting(db, 4)
    await new Promise((resolve) => setTimeout(resolve, heldMs))
  })
  return working as Promise<T>
}

describe('once a project is archived', () => {
  it('nothing is asked for, decided, released, deployed, begun or made; what was released may be told of', async () => {
    const ready = await test.ask()
    await decideApproval(reviewer, { id: ready.id, decision: 'approve' })
    const used = await test.ask()
    await decideApproval(reviewer, { id: used.id, decision: 'approve' })
    await claim(used.id)
    const waiting = await test.ask()
    const { run } = await startOf('tester')
    expect((await archive()).archived).toMatchObject({ by: owner.actor.label })

    for (const tool of ['harmless', 'gated']) expect(await codeOf(ask(tool))).toBe('project_archived')
    const calls = [{ tool_call_id: 'one', tool: 'harmless', params: {} }]
    expect(await codeOf(askMany(test.agent, { run_id: run.id, calls }).then(([one]) => Promise.reject(one as AppError)))).toBe('run_finished') // prettier-ignore
    expect(await codeOf(claim(ready.id))).toBe('run_finished')
    expect(await codeOf(decideApproval(reviewer, { id: waiting.id, decision: 'approve' }))).toBe('cancelled')
    expect(await codeOf(startOf('tester'))).toBe('project_archived')
    const config = 'approval:\n  tools: [other]\n'
    for (const ctx of [test.agent, owner])
      expect(await codeOf(deployAgent(ctx, { name: 'tester', config }))).toBe('project_archived')
    expect(await codeOf(createKey(owner, { name: 'k' }))).toBe('project_archived')
    expect(await codeOf(createToken(owner, { name: 't' }))).toBe('project_archived')

    for (const { id } of [ready, waiting])
      expect((await readApproval(test.agent, id)).next.action).toBe('stop')
    const result = { run: used.run_id, toolCallId: used.tool_call_id ?? '', status: 'succeeded' as const }
    expect(await codeOf(recordResult(test.agent, { ...result, source: {} }))).toBe('done')
  })

  it('its open runs are ended by the one door, with who did it, and nothing else is touched', async () => {
    const elsewhere = await makeTestProject(db)
    const theirs = await elsewhere.ask()
    const asked = [await test.ask(), await test.ask()]
    const { run: idle } = await startOf('tester')
    const over = await test.ask()
    await decideApproval(reviewer, { id: over.id, decision: 'reject' })
    const waits = waitForApproval(test.agent, asked[0]?.id ?? '', { seconds: 20, mostWaits: 10, signal: new AbortController().signal }) // prettier-ignore
    await archive()
    expect((await waits).status).toBe('cancelled')

    const because = `The project was archived by ${owner.actor.label}.`
    const ofProject = await db.select().from(runs).where(eq(runs.projectId, test.project.id))
    expect(ofProject.map(({ id, status, pendingCount, error }) => [id, status, pendingCount, error])).toEqual(
      expect.arrayContaining([
        ...[...asked.map(({ run_id }) => run_id), idle.id].map((id) => [id, 'cancelled', 0, JSON.stringify(because)]), // prettier-ignore
        [over.run_id, 'failed', 0, expect.any(String)],
      ]),
    )
    const entries = await auditOf(db, test.project.id)
    expect(entries.filter(({ action }) => action === 'project.archived')).toMatchObject([
      { actor: owner.actor.id, target: test.project.id, detail: { slug: test.project.slug } },
    ])
    const cancelled = entries.filter(({ action }) => action === 'approval.cancelled')
    expect(cancelled.map(({ target }) => target).sort()).toEqual(asked.map(({ id }) => id).sort())
    for (const { actor, detail } of cancelled) expect([actor, detail.because]).toEqual(['holdpoint', because])
    const happened = await listTimeline(db, test.project.id, asked[0]?.id ?? '')
    expect(happened.at(-1)).toMatchObject({ type: 'cancelled', actor: null, detail: { because } })
    expect((await readApproval(elsewhere.agent, theirs.id)).status).toBe('pending')
  })

  it('what a job finds open later is ended, and of a project that is open nothing', async () => {
    const { run } = await startOf('tester')
    await endRunsByJob({ db, appUrl: '' }, test.project.id)
    expect(await statusOf(run.id)).toBe('running')
    await archive()
    await db.update(runs).set({ status: 'running', finishedAt: null, error: null }).where(eq(runs.id, run.id))
    await endRunsByJob({ db, appUrl: '' }, test.project.id)
    expect(await statusOf(run.id)).toBe('cancelled')
    const jobs = await db.execute<{ key: string }>(sql`
      select key from graphile_worker.jobs where key = ${`end_runs:${test.project.id}`}`)
    expect(jobs).toHaveLength(1)
  })

  it(
    'what is left by then says stop, is ended by the job, and until then keeps it from being opened',
    { timeout: 30_000 },
    async () => {
      const asked = await Promise.all(Array.from({ length: 13 }, () => test.ask()))
      const approved = asked.slice(0, 4)
      for (const { id } of approved) await decideApproval(reviewer, { id, decision: 'approve' })
      await whileHeld(() => archive())
      const left = async () =>
        (await Promise.all(asked.map(({ id }) => readApproval(test.agent, id)))).filter(
          ({ status }) => status === 'pending',
        )
      const pending = await left()
      expect(pending).toHaveLength(5)
      for (const { next } of pending)
        expect(next).toEqual({
          action: 'stop',
          message: 'The project was archived, so nobody decides on gated.',
        })
      const late = { id: pending[0]?.id ?? '', decision: 'approve' } as const
      expect(await codeOf(decideApproval(reviewer, late))).toBe('project_archived')
      const rejected = await decideApproval(reviewer, { ...late, decision: 'reject' })
      expect([rejected.status, rejected.next.action]).toEqual(['rejected', 'stop'])

      const refusal = await whileHeld(() => unarchiveProject(owner).catch((error: unknown) => error))
      expect(refusal).toMatchObject({ code: 'unavailable', headers: { 'Retry-After': '2' } })
      expect((await readProject(owner)).archived).not.toBeNull()
      expect(await auditOf(db, test.project.id, 'project.unarchived')).toEqual([])
      for (const { id } of approved) expect(await codeOf(claim(id))).toBe('project_archived')

      await db.execute(sql`
        update graphile_worker._private_jobs set run_at = now() where key = ${`end_runs:${test.project.id}`}`)
      await doJobs(databaseUrl, jobDeps(db))
      expect(await left()).toEqual([])
      for (const { id } of approved) expect(await codeOf(claim(id))).toBe('run_finished')
      expect((await unarchiveProject(owner)).archived).toBeNull()
      for (const { id } of approved) expect(await codeOf(claim(id))).toBe('run_finished')
      expect(await readApproval(test.agent, rejected.id)).toMatchObject({
        status: 'rejected',
        decision: { reviewer: { email: reviewer.actor.email } },
      })
    },
  )

  it('an owner who opens it again at once finds ended what the archive had not come to', async () => {
    const ready = await test.ask()
    await decideApproval(reviewer, { id: ready.id, decision: 'approve' })
    await archive()
    await db
      .update(runs)
      .set({ status: 'running', finishedAt: null, error: null })
      .where(eq(runs.id, ready.run_id))
    expect((await unarchiveProject(owner)).archived).toBeNull()
    expect(await codeOf(claim(ready.id))).toBe('run_finished')
  })

  it('an owner opens it again, without what was ended; a pause from before stays', async () => {
    const ready = await test.ask()
    await decideApproval(reviewer, { id: ready.id, decision: 'approve' })
    await pauseProject(reviewer, { reason: 'First.' })
    await archive()
    expect(await codeOf(ask('gated'))).toBe('project_archived')
    expect((await unarchiveProject(owner)).archived).toBeNull()
    expect(await codeOf(ask('gated'))).toBe('agent_paused')
    await resumeProject(owner, { reason: 'Well.' })
    expect(await codeOf(ask('harmless'))).toBe('done')
    expect(await codeOf(claim(ready.id))).toBe('run_finished')
    await unarchiveProject(owner)
    expect(await auditOf(db, test.project.id, 'project.unarchived')).toHaveLength(1)
  })

  it('its members find it below the others', async () => {
    const { project } = await makeTestProject(db)
    await db.execute(sql`
      insert into members (project_id, user_id, role, joined_at) values (${project.id}, ${owner.actor.id}, 'viewer', now())`)
    await archive()
    expect(
      (await listProjectsOfUser(db, owner.actor.id)).map(({ slug, isArchived }) => [slug, isArchived]),
    ).toEqual([
      [project.slug, false],
      [test.project.slug, true],
    ])
    expect((await readProject(reviewer)).archived).toMatchObject({ by: owner.actor.label })
  })
})

describe('who may archive', () => {
  it('owners who say which, and whoever has the terminal', async () => {
    const admin = await test.member('admin')
    for (const ctx of [admin, reviewer, test.agent])
      for (const act of [archive(ctx), unarchiveProject(ctx)]) expect(await codeOf(act)).toBe('forbidden')
    const wrong = await archiveProject(owner, { confirm: 'another' }).catch((error: unknown) => error)
    expect(wrong).toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/confirm' }] })
    expect(await codeOf(ask('harmless'))).toBe('done')
    expect(await codeOf(archive(test.system))).toBe('done')
    expect(await codeOf(archive())).toBe('done')
    expect(await auditOf(db, test.project.id, 'project.archived')).toHaveLength(1)
  })

  it('nothing changes where it cannot be recorded', async () => {
    const asked = await test.ask()
    await withoutAudit(db, () => codeOf(archive()))
    expect((await readProject(owner)).archived).toBeNull()
    expect((await readApproval(test.agent, asked.id)).status).toBe('pending')
  })
})

describe('of what races with it', () => {
  it(
    'nothing is asked for, decided or released after it was acknowledged',
    { timeout: 120_000 },
    async () => {
      const inOther = (): Context => ({ ...test.agent, db: other })
      const prepared = await Promise.all(
        Array.from({ length: 160 }, async (_, at) => {
          const { id } = await test.ask()
          if (at % 2 === 0) await decideApproval(reviewer, { id, decision: 'approve' })
          return id
        }),
      )
      const { run } = await startOf('tester')
      let acknowledged = false
      const late: string[] = []
      const outcomes = new Map<string, number>()
      const note = async (kind: string, work: Promise<unknown>) => {
        const begunLater = acknowledged
        const code = await codeOf(work)
        if (code === 'done' && begunLater) late.push(kind)
        outcomes.set(`${kind} ${code}`, (outcomes.get(`${kind} ${code}`) ?? 0) + 1)
      }
      const work = prepared.flatMap((id, at) => {
        const ctx: Context = at % 4 < 2 ? test.agent : inOther()
        return [
          at % 2 === 0
            ? () => note('claim', claim(id, ctx))
            : () => note('decide', decideApproval({ ...reviewer, db: ctx.db }, { id, decision: 'approve' })),
          () => note('held', ask('gated', {}, ctx)),
          () => note('free', ask('harmless', {}, ctx)),
          () =>
            note('in run', ask('gated', { run_id: run.id, agent: undefined, tool_call_id: `c${at}` }, ctx)),
        ]
      })
      const total = work.length
      const archiving = (async () => {
        while (work.length > total * 0.6) await new Promise((resolve) => setTimeout(resolve, 1))
        await archive()
        acknowledged = true
        const [row] = await db.execute<{ now: string }>(sql`select clock_timestamp() as now`)
        return new Date(row?.now ?? '')
      })()
      const worker = async () => {
        for (let one = work.shift(); one; one = work.shift()) await one()
      }
      await Promise.all(Array.from({ length: 16 }, worker))
      const at = (await archiving).toISOString()
      expect(late).toEqual([])
      const done = [...outcomes]
        .filter(([name]) => name.endsWith(' done'))
        .map(([name]) => name.split(' ')[0])
      expect(new Set(done)).toEqual(new Set(['claim', 'decide', 'held', 'free', 'in']))
      const refused = [...outcomes].flatMap(([name, n]) => (name.endsWith('project_archived') ? [n] : []))
      expect(refused.reduce((sum, n) => sum + n, 0)).toBeGreaterThan(100)
      const [after] = await db.execute<{ approvals: number; calls: number }>(sql`
      select (select count(*)::int from approvals where project_id = ${test.project.id} and (requested_at > ${at}::timestamptz
          or claimed_at > ${at}::timestamptz or status = 'approved' and resolved_at > ${at}::timestamptz)) as approvals,
        (select count(*)::int from tool_calls where project_id = ${test.project.id} and started_at > ${at}::timestamptz) as calls`)
      expect(after).toEqual({ approvals: 0, calls: 0 })
      // what a busy machine left to the job
      await endRunsByJob({ db, appUrl: '' }, test.project.id)
      const [open] = await db.execute<{ pending: number; runs: number }>(sql`
      select (select count(*)::int from approvals where project_id = ${test.project.id} and status = 'pending') as pending,
        (select count(*)::int from runs where project_id = ${test.project.id} and finished_at is null) as runs`)
      expect(open).toEqual({ pending: 0, runs: 0 })
    },
  )

  it('an ask that is past its flag is waited for, and withdrawn', async () => {
    // Somebody else is about to take the id of its call, and then does not.
    const { id } = await test.ask()
    let giveUp = () => undefined as void
    const given = new Promise<void>((resolve) => (giveUp = resolve))
    let take = () => undefined as void
    const taken = new Promise<void>((resolve) => (take = resolve))
    const taking = other
      .transaction(async (tx) => {
        await tx.execute(
          sql`update tool_calls set ask_key = 'late' where id = (select call_id from approvals where id = ${id})`,
        )
        take()
        await given
        throw new Error('given up')
      })
      .catch(() => undefined)
    await taken
    const first = ask('gated', { tool_call_id: 'late' })
    await untilWaiting(db, 1)
    let isArchived = false
    const archiving = archive().then(() => (isArchived = true))
    await untilWaiting(db, 2)
    expect(isArchived).toBe(false)
    giveUp()
    await taking
    const { approval } = await first
    expect(approval?.status).toBe('pending')
    await archiving
    expect((await readApproval(test.agent, approval?.id ?? '')).status).toBe('cancelled')
  })

  it('a run that is being started is waited for, and ended', async () => {
    const hold = await holdLocks(other, sql`lock table runs in share mode`)
    const starting = startOf('tester')
    await untilWaiting(db, 1)
    const reopened = archive().then(() => unarchiveProject(owner))
    await untilWaiting(db, 2)
    await hold.letGo()
    const { run } = await starting
    expect((await reopened).archived).toBeNull()
    expect(await statusOf(run.id)).toBe('cancelled')
  })

  it(
    'of twenty runs that are started at once none from before is open after it',
    { timeout: 60_000 },
    async () => {
      for (let round = 0; round < 10; round++) {
        const starts = Promise.all(
          Array.from({ length: 20 }, (_, at) =>
            codeOf(startOf('tester', at % 2 === 0 ? test.agent : { ...test.agent, db: other })),
          ),
        )
        await new Promise((resolve) => setTimeout(resolve, round * 2))
        const { archived } = await archive()
        expect((await unarchiveProject(owner)).archived).toBeNull()
        for (const code of await starts) expect(['done', 'project_archived']).toContain(code)
        const left = await db.execute(sql`
        select id from runs where project_id = ${test.project.id} and finished_at is null
          and started_at <= ${archived?.at}::timestamptz`)
        expect([...left]).toEqual([])
        await archive()
        await unarchiveProject(owner)
      }
    },
  )

  it('a statement that began before it sees it all the same', async () => {
    const slow = Promise.all([
      other.execute<{ may: boolean }>(sql`
      with slept as materialized (select pg_sleep(1.5)),
      asked as materialized (select id, project_id from agents where project_id = ${test.project.id})
      select may_release(asked.id, asked.project_id) as may from slept, asked`),
    ])
    const isAsleep = async () =>
      (
        await db.execute(
          sql`select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`,
        )
      ).length > 0
    await expect.poll(isAsleep, { interval: 20 }).toBe(true)
    await archive()
    expect(await slow).toEqual([[{ may: false }]])
  })
})
