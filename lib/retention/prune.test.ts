import { eq, sql, type SQL } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Database } from '@/db/client'
import { findLastEventSeq, listEventsAfter } from '@/db/queries/events'
import { approvals } from '@/db/schema/approvals'
import { projects } from '@/db/schema/identity'
import { claimApproval } from '@/lib/approvals/claim'
import { decideApproval } from '@/lib/approvals/decide'
import { dispatchEvents } from '@/lib/outbox/dispatch'
import { sealAudit } from '@/lib/audit/seal'
import { verifyAudit } from '@/lib/audit/verify'
import { tellEvents } from '@/lib/notices/tell'
import { saveCheckpoint } from '@/lib/runs/checkpoint'
import { finishRun } from '@/lib/runs/finish'
import { recordStep } from '@/lib/runs/record-step'
import { startRun } from '@/lib/runs/start'
import { keepAuditFor } from '@/lib/testing/audit-retention'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { queueDeliveries } from '@/lib/webhooks/queue'
import { pruneOld } from './prune'
import { retrySetAside } from '@/lib/work/set-aside'
import { pruneRuns } from './runs'

let db: Database
let close: () => Promise<void>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())

const always = () => true
const days = (count: number) => sql`make_interval(days => ${count}::int)`
const call = { tool: 'gated', params: { order_id: 'ORD-1', amount: 2400 } }

/** Sets back by so many days everything of a project but its log. */
async function age(project: TestProject, count: number, where: SQL = sql`true`): Promise<void> {
  const of = sql`project_id = ${project.project.id}`
  const ofRun = sql`run_id in (select id from runs where ${of} and ${where})`
  const back = (name: string) => sql`${sql.raw(name)} = ${sql.raw(name)} - ${days(count)}`
  for (const statement of [
    sql`update tool_calls set ${back('started_at')}, ${back('ended_at')} where ${of} and ${ofRun}`,
    sql`update approvals set ${back('requested_at')}, ${back('resolved_at')}, ${back('claimed_at')} where ${of} and ${ofRun}`,
    sql`update steps set ${back('started_at')}, ${back('ended_at')} where ${of} and ${ofRun}`,
    sql`update checkpoints set ${back('updated_at')} where ${of} and ${ofRun}`,
    sql`update runs set ${back('started_at')}, ${back('finished_at')} where ${of} and ${where}`,
    sql`update approval_events set ${back('at')} where ${of}`,
    sql`update notices set ${back('created_at')} where ${of}`,
    sql`update mail_items set ${back('created_at')} where ${of}`,
    sql`update mails set ${back('created_at')} where ${of}`,
    sql`update deliveries set ${back('created_at')}, status = 'delivered' where ${of}`,
  ])
    await db.execute(statement)
}

async function newRun(project: TestProject, externalId: string): Promise<string> {
  const { run } = await startRun(project.agent, { agent: 'tester', external_id: externalId, source: {} })
  return run.id
}

async function finish(project: TestProject, run: string, status: 'completed' | 'failed' | 'cancelled') {
  await finishRun(project.agent, { run, status, source: {} })
}

/** A run with everything that a run may have. */
async function fullRun(project: TestProject, externalId: string): Promise<string> {
  const reviewer = await project.member('reviewer')
  const run = await newRun(project, externalId)
  const { id } = await project.ask({ ...call, run_id: run, tool_call_id: 'call_1' })
  await tellAll()
  await decideApproval(reviewer, { id, decision: 'approve' })
  await claimApproval(project.agent, { id, ...call })
  await recordStep(project.agent, { run, kind: 'note', name: 'a note', source: {} })
  await saveCheckpoint(project.agent, { run, contentType: 'text/plain', body: Buffer.from('x') })
  return run
}

async function tellAll(): Promise<void> {
  await dispatchEvents(db)
  const events = await db.execute<{ id: number }>(sql`select id::int from approval_events order by id`)
  await tellEvents({ db }, events.map((event) => event.id), queueDeliveries) // prettier-ignore
}

const tables = [
  'runs', 'tool_calls', 'approvals', 'decisions', 'steps', 'checkpoints',
  'approval_events', 'notices', 'mail_items', 'mails', 'deliveries',
] // prettier-ignore

async function countsOf(project: TestProject): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of tables) {
    const [row] = await db.execute<{ count: number }>(
      sql`select count(*)::int as count from ${sql.raw(table)} where project_id = ${project.project.id}`,
    )
    counts[table] = row?.count ?? -1
  }
  return counts
}

async function keep(
  project: TestProject,
  retentionDays: number | null,
  auditRetentionDays: number | null = null,
) {
  await db.update(projects).set({ retentionDays }).where(eq(projects.id, project.project.id))
  if (auditRetentionDays !== null) await keepAuditFor(db, project.project.id, auditRetentionDays)
}

async function runsOf(project: TestProject): Promise<string[]> {
  const rows = await db.execute<{ name: string }>(
    sql`select external_id as name from runs where project_id = ${project.project.id} order by external_id`,
  )
  return rows.map((row) => row.name)
}

/** The same history in any project: a mail and a delivery by SQL, the rest by the verbs. */
async function makeHistory(project: TestProject): Promise<void> {
  const { id } = project.project
  await db.execute(sql`
    insert into webhooks (id, project_id, name, format, url, secret, events)
    values ('whk_' || ${id}, ${id}, 'w', 'standard', 'https://example.com', 's', '{approval.requested}')`)
  await finish(project, await fullRun(project, 'done'), 'completed')
  await finish(project, await newRun(project, 'failed'), 'failed')
  await finish(project, await newRun(project, 'cancelled'), 'cancelled')
  await fullRun(project, 'left open')
  await newRun(project, 'started only')
  await tellAll()
  await db.execute(sql`
    insert into mails (id, idempotency_key, project_id, kind, recipient, subject, html, text)
    values ('mai_' || ${id}, ${id}, ${id}, 'approval', 'a@example.com', 's', 'h', 't')`)
}

describe('pruneOld', () => {
  it('deletes what a project keeps no longer, all of it, and nothing of others', async () => {
    const [old, kept, young] = [
      await makeTestProject(db),
      await makeTestProject(db),
      await makeTestProject(db),
    ]
    for (const project of [old, kept, young]) await makeHistory(project)
    await age(old, 31)
    await age(kept, 31)
    await age(young, 29)
    await keep(old, 30)
    await keep(young, 30)
    const before = [await countsOf(kept), await countsOf(young)]
    for (const table of tables) expect([table, before[0]?.[table]]).not.toEqual([table, 0])
    const { pruned } = await pruneOld(db, always)
    expect(pruned).toBeGreaterThan(10)
    const none = Object.fromEntries(tables.map((table) => [table, 0]))
    expect(await countsOf(old)).toEqual({ ...none, approval_events: 1 })
    expect([await countsOf(kept), await countsOf(young)]).toEqual(before)
    await sealAudit(db)
    expect((await verifyAudit(db, old.project.id)).ok).toBe(true)
    expect(await pruneOld(db, always)).toEqual({ pruned: 0 })
  })

  it('keeps what is pending, and runs in which something happened, however old they are', async () => {
    const project = await makeTestProject(db)
    await keep(project, 1)
    const reviewer = await project.member('reviewer')
    const pending = await project.ask({ ...call, run_id: await newRun(project, 'pending') })
    await tellAll()
    await age(project, 7)
    const asked = await newRun(project, 'asked lately')
    const noted = await newRun(project, 'noted lately')
    const saved = await newRun(project, 'saved lately')
    const ended = await newRun(project, 'ended lately')
    const decided = await project.ask({ ...call, run_id: await newRun(project, 'decided lately') })
    await newRun(project, 'idle')
    await age(project, 7, sql`external_id <> 'pending'`)
    await project.ask({ tool: 'soft', run_id: asked })
    await decideApproval(reviewer, { id: decided.id, decision: 'approve' })
    await recordStep(project.agent, { run: noted, kind: 'note', name: 'a note', source: {} })
    await saveCheckpoint(project.agent, { run: saved, contentType: 'text/plain', body: Buffer.from('x') })
    await finish(project, ended, 'completed')
    await db.update(approvals).set({ requestedAt: sql`now() - ${days(7)}` }).where(eq(approvals.runId, asked)) // prettier-ignore
    await pruneOld(db, always)
    expect(await runsOf(project)).toEqual([
      'asked lately', 'decided lately', 'ended lately', 'noted lately', 'pending', 'saved lately',
    ]) // prettier-ignore
    expect(await countsOf(project)).toMatchObject({ notices: 1, mail_items: 1 })
    const [row] = await db.select().from(approvals).where(eq(approvals.id, pending.id))
    expect(row?.status).toBe('pending')
    const { approval } = await claimApproval(project.agent, { id: decided.id, ...call })
    expect(approval).toMatchObject({ id: decided.id })
  })

  it('lets the numbers of events go on, and a stream resume from one that is gone', async () => {
    const project = await makeTestProject(db)
    await keep(project, 30)
    await finish(project, await fullRun(project, 'one'), 'completed')
    await finish(project, await fullRun(project, 'two'), 'completed')
    await dispatchEvents(db)
    const last = await findLastEventSeq(db, project.project.id)
    expect(last).toBe(4)
    await age(project, 31)
    await pruneOld(db, always)
    expect(await findLastEventSeq(db, project.project.id)).toBe(last)
    await project.ask()
    await dispatchEvents(db)
    const resumed = await listEventsAfter(db, project.project.id, 1)
    expect(resumed.map((event) => event.seq)).toEqual([4, 5])
  })

  it('forgets: a tool_call_id and an external_id that were pruned are new again', async () => {
    const project = await makeTestProject(db)
    await keep(project, 30)
    await finish(project, await fullRun(project, 'again'), 'completed')
    const first = await project.ask({ tool_call_id: 'call_x', params: { amount: 1 } })
    await db.execute(
      sql`update approvals set status = 'cancelled', resolved_at = now() where id = ${first.id}`,
    )
    await db.execute(sql`update runs set status = 'running', pending_count = 0 where id = ${first.run_id}`)
    await age(project, 31)
    await pruneOld(db, always)
    const second = await project.ask({ tool_call_id: 'call_x', params: { amount: 2 } })
    expect(second.id).not.toBe(first.id)
    const { isReplay } = await startRun(project.agent, { agent: 'tester', external_id: 'again', source: {} })
    expect(isReplay).toBe(false)
  })

  it('takes a long run in bounded batches, and stops when it is told to', async () => {
    const project = await makeTestProject(db)
    await keep(project, 30)
    const run = await newRun(project, 'long')
    await db.execute(sql`
      insert into steps (id, project_id, run_id, kind, name, started_at)
      select 'stp_long_' || n, ${project.project.id}, ${run}, 'note', 'n', now() from generate_series(1, 1200) as n`)
    await age(project, 31)
    const batch = () => db.transaction((tx) => pruneRuns(tx, project.project.id, 30))
    expect(await batch()).toBe(500)
    expect(await runsOf(project)).toEqual(['long'])
    let left = 2
    await pruneOld(db, () => left-- > 0)
    expect([await batch(), await batch(), await batch()]).toEqual([500, 201, 0])
    expect(await runsOf(project)).toEqual([])
  })

  it('halves what takes too long, and sets aside the run that cannot be deleted', async () => {
    const [project, other] = [await makeTestProject(db), await makeTestProject(db)]
    for (const one of [project, other]) {
      await keep(one, 30)
      for (let i = 0; i < 6; i++) await newRun(one, `run-${i}`)
      await age(one, 31)
    }
    await db.execute(
      sql.raw(`
      create function fault() returns trigger language plpgsql as $$ begin
        if old.project_id = '${project.project.id}' then perform pg_sleep(0.8); end if;
        if old.project_id = '${project.project.id}' and old.external_id = 'run-2' then raise 'on purpose'; end if;
        return old; end $$;
      create trigger fault before delete on runs for each row execute function fault()`),
    )
    const log = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    await pruneOld(db, always)
    expect([await runsOf(project), await runsOf(other)]).toEqual([['run-2'], []])
    const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)) as object)
    expect(lines).toMatchObject([
      { where: 'set aside', kind: 'prune', project: project.project.id, tries: 1 },
    ])
    expect(await pruneOld(db, always)).toEqual({ pruned: 0 })
    log.mockRestore()
    await db.execute(sql`drop trigger fault on runs`)
    await retrySetAside(db)
    await pruneOld(db, always)
    expect(await runsOf(project)).toEqual([])
  }, 90_000)

  it('goes on with other projects where the floor of audit logs was raised in SQL, and sets that prune aside', async () => {
    const [guarded, other] = [await makeTestProject(db), await makeTestProject(db)]
    await sealAudit(db)
    await db.execute(sql`alter table audit_entries disable trigger user`)
    await db.execute(
      sql`update audit_entries set at = at - ${days(40)} where project_id = ${guarded.project.id}`,
    )
    await db.execute(sql`alter table audit_entries enable trigger user`)
    await keep(guarded, 30, 30)
    await db.execute(sql`update audit_floor set min_days = 60`)
    await keep(other, 30)
    await newRun(other, 'old')
    await age(other, 31)
    const log = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    await pruneOld(db, always)
    const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)) as object)
    log.mockRestore()
    expect(lines).toMatchObject([
      { where: 'set aside', kind: 'prune', id: `audit of ${guarded.project.id}`, tries: 1 },
    ])
    expect(await runsOf(other)).toEqual([])
    await db.execute(sql`update audit_floor set min_days = 1`)
    await retrySetAside(db)
    expect((await pruneOld(db, always)).pruned).toBeGreaterThan(0)
  })

  it('leaves a period that is due and below a floor that was raised in SQL, and prunes the rest', async () => {
    const [low, other] = [await makeTestProject(db), await makeTestProject(db)]
    await keepAuditFor(db, low.project.id, 90)
    await db.execute(sql`alter table projects disable trigger projects_guard_audit_retention`)
    await db.execute(sql`
      update projects set retention_days = 40, audit_retention_next = 40, audit_retention_next_at = clock_timestamp() where id = ${low.project.id}`)
    await db.execute(sql`alter table projects enable always trigger projects_guard_audit_retention`)
    await db.execute(sql`update audit_floor set min_days = 60`)
    await keep(other, 30)
    await newRun(other, 'old')
    await age(other, 31)
    await pruneOld(db, always)
    expect(await runsOf(other)).toEqual([])
    const periodOf = async () =>
      (await db.select().from(projects).where(eq(projects.id, low.project.id)))[0]?.auditRetentionDays
    expect(await periodOf()).toBe(90)
    await db.execute(sql`update audit_floor set min_days = 1`)
    await pruneOld(db, always)
    expect(await periodOf()).toBe(40)
  })

  it('sets aside the kind, not each run, where the database refuses to delete', async () => {
    const project = await makeTestProject(db)
    await keep(project, 30)
    for (const name of ['one', 'two', 'three']) await newRun(project, name)
    await age(project, 31)
    await db.execute(
      sql.raw(`
      create function refuse() returns trigger language plpgsql as $$ begin
        raise 'permission denied' using errcode = 'insufficient_privilege'; end $$;
      create trigger refuse before delete on runs for each row execute function refuse()`),
    )
    const log = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    await pruneOld(db, always)
    const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)) as object)
    log.mockRestore()
    await db.execute(sql`drop trigger refuse on runs`)
    expect(lines).toMatchObject([{ where: 'set aside', kind: 'prune', id: `runs of ${project.project.id}` }])
    await retrySetAside(db)
    await pruneOld(db, always)
    expect(await runsOf(project)).toEqual([])
  })

  it('takes a few megabytes of what agents sent at a time', async () => {
    const project = await makeTestProject(db)
    await keep(project, 30)
    const run = await newRun(project, 'large')
    await db.execute(sql`
      insert into steps (id, project_id, run_id, kind, name, output, started_at)
      select 'stp_large_' || n, ${project.project.id}, ${run}, 'note', 'n', repeat('x', 1 << 20), now()
      from generate_series(1, 50) as n`)
    await age(project, 31)
    const batch = () => db.transaction((tx) => pruneRuns(tx, project.project.id, 30))
    expect([await batch(), await batch(), await batch()]).toEqual([32, 19, 0])
  })

  it('leaves a run that somebody is at work on, and waits for nobody', async () => {
    const project = await makeTestProject(db)
    await keep(project, 30)
    await newRun(project, 'busy')
    await newRun(project, 'idle')
    await age(project, 31)
    await db.transaction(async (tx) => {
      await tx.execute(
        sql`select 1 from runs where external_id = 'busy' and project_id = ${project.project.id} for update`,
      )
      await pruneOld(db, always)
    })
    expect(await runsOf(project)).toEqual(['busy'])
    await pruneOld(db, always)
    expect(await runsOf(project)).toEqual([])
  })

  it('does nothing while another process prunes', async () => {
    const project = await makeTestProject(db)
    await keep(project, 30)
    await newRun(project, 'idle')
    await age(project, 31)
    await db.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(7340219)`)
      expect(await pruneOld(db, always)).toEqual({ pruned: 0 })
    })
    expect(await runsOf(project)).toEqual(['idle'])
    expect((await pruneOld(db, always)).pruned).toBe(1)
  })

  it('deletes what has expired for everybody, and nothing that is of use', async () => {
    const project = await makeTestProject(db)
    const { actor } = await project.member('viewer')
    const user = actor.id
    await db.execute(sql`
      insert into sessions (session_token, user_id, expires)
      values ('old', ${user}, now() - interval '25 hours'), ('new', ${user}, now() - interval '1 hour'), ('live', ${user}, now() + interval '1 hour')`)
    await db.execute(sql`
      insert into verification_tokens (identifier, token, expires)
      values ('a', 'old', now() - interval '25 hours'), ('a', 'live', now() + interval '1 hour')`)
    await db.execute(sql`
      insert into invitations (id, project_id, user_id, token_hash, invited_by, expires_at)
      values ('old', ${project.project.id}, ${user}, 'old', 'x', now() - interval '31 days'), ('live', ${project.project.id}, ${user}, 'live', 'x', now() + interval '1 day')`)
    await db.execute(sql`
      insert into mails (id, idempotency_key, kind, recipient, subject, html, text, created_at)
      select age, age, 'sign-in', 'a', 's', 'h', 't', now() - make_interval(days => age::int) from unnest(array['29', '31']) as age`)
    await db.execute(
      sql`select graphile_worker.add_job('x', job_key => key) from unnest(array['failed', 'waits']) as key`,
    )
    await db.execute(sql`
      update graphile_worker._private_jobs set attempts = max_attempts, updated_at = now() - interval '31 days' where key = 'failed'`)
    await pruneOld(db, always)
    const idsOf = async (statement: SQL) => (await db.execute<{ id: string }>(statement)).map((row) => row.id)
    expect(await idsOf(sql`select session_token as id from sessions order by 1`)).toEqual(['live', 'new'])
    expect(await idsOf(sql`select token as id from verification_tokens`)).toEqual(['live'])
    expect(await idsOf(sql`select id from invitations`)).toEqual(['live'])
    expect(await idsOf(sql`select id from mails where project_id is null`)).toEqual(['29'])
    expect(
      await idsOf(sql`select key as id from graphile_worker.jobs where key in ('failed', 'waits')`),
    ).toEqual(['waits'])
  })

  it('prunes the log of a project by its own period', async () => {
    const project = await makeTestProject(db)
    const { id } = project.project
    await db.execute(sql`alter table audit_entries disable trigger user`)
    await db.execute(sql`update audit_entries set at = at - ${days(40)} where project_id = ${id}`)
    await db.execute(sql`alter table audit_entries enable trigger user`)
    await sealAudit(db)
    expect(await verifyAudit(db, id)).toMatchObject({ ok: true })
    await keep(project, 30)
    await pruneOld(db, always)
    await sealAudit(db)
    expect(await verifyAudit(db, id)).toMatchObject({ ok: true, checked: 3 })
    await keep(project, 30, 39)
    await pruneOld(db, always)
    const [entry, ...others] = await db.execute<{ action: string }>(
      sql`select action from audit_entries where project_id = ${id} order by ordinal`,
    )
    expect([entry?.action, others.length]).toEqual(['audit.pruned', 0])
    await sealAudit(db)
    expect(await verifyAudit(db, id)).toMatchObject({ ok: true, checked: 1, first_bad: null })
  })
})
