import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { and, eq, sql, type SQL } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '@/db/client'
import { migrate } from '@/db/migrate'
import { approvals } from '@/db/schema/approvals'
import { auditEntries } from '@/db/schema/audit'
import { projects, sessions } from '@/db/schema/identity'
import { runs } from '@/db/schema/runs'
import type { Context, MemberActor } from '@/lib/context'
import { revokeKey } from '@/lib/keys/revoke-key'
import { changeRole } from '@/lib/members/change-role'
import { removeMember } from '@/lib/members/remove'
import { updateProject } from '@/lib/members/update-project'
import { finishRun } from '@/lib/runs/finish'
import { startRun } from '@/lib/runs/start'
import { codeOf } from '@/lib/testing/code-of'
import { openTwoPools } from '@/lib/testing/open-database'
import { holdLocks, untilWaiting } from '@/lib/testing/hold'
import { startOwnPostgres } from '@/lib/testing/own-postgres'
import { makeTestProject, signedIn, type TestProject } from '@/lib/testing/project'
import { cancelApproval } from './cancel'
import { claimApproval } from './claim'
import { decideApproval } from './decide'
import { expireApprovals } from './expire'
import { readApproval } from './read'
import type { Approval } from './schemas'

let db: Database
/** Whoever is in the way has connections of their own. */
let others: Database
let close: () => Promise<void>
let test: TestProject

beforeAll(async () => {
  ;({ db, other: others, close } = await openTwoPools(8))
  test = await makeTestProject(db)
  // A table's lock would be waited for before anything is done; these are waited for as the row is written.
  await db.execute(sql`
    create function stall() returns trigger language plpgsql as $$ begin
      perform pg_advisory_xact_lock_shared(tg_argv[0]::int); return new; end $$`)
  await db.execute(
    sql`create trigger stall before insert on audit_entries for each row execute function stall('1')`,
  )
  await db.execute(
    sql`create trigger stall before insert on approval_events for each row execute function stall('2')`,
  )
})
afterAll(() => close())

type Reviewer = Context<MemberActor>

const kinds: [string, (member: Reviewer) => Reviewer | Promise<Reviewer>][] = [
  ['by a personal token', (member) => member],
  ['in the console', signedIn],
]

const dueIn = (id: string, ms: number) =>
  db
    .update(approvals)
    .set({ expiresAt: sql`clock_timestamp() + make_interval(secs => ${ms / 1000})` })
    .where(eq(approvals.id, id))

const rowOf = async (id: string) => (await db.select().from(approvals).where(eq(approvals.id, id)))[0]

const entriesOf = (id: string) =>
  db
    .select()
    .from(auditEntries)
    .where(and(eq(auditEntries.targetId, id), sql`${auditEntries.action} not like '%refused'`))

/** Everything that anybody read, and what the records say of it: one outcome, in time. */
async function expectOneOutcome(asked: Approval, read: Approval[]) {
  const row = await rowOf(asked.id)
  const settled = new Set(read.map(({ status }) => status).filter((status) => status !== 'pending'))
  expect([[], [row?.status]]).toContainEqual([...settled])
  for (const one of read.filter(({ status }) => status === 'pending')) expect(one.next.action).toBe('wait')
  const entries = await entriesOf(asked.id)
  expect(entries.map(({ action }) => action)).toEqual([`approval.${row?.status}`])
  if (row?.status === 'expired') return
  expect(row?.resolvedAt?.getTime()).toBeLessThan(row?.expiresAt.getTime() ?? 0)
  expect(entries[0]?.at.getTime()).toBeLessThan(row?.expiresAt.getTime() ?? 0)
}

describe.each(kinds)('a decision %s', (_, showing) => {
  it.each<[string, (asked: Approval) => SQL]>([
    ['the log', () => sql`select pg_advisory_xact_lock(1)`],
    ['the outbox', () => sql`select pg_advisory_xact_lock(2)`],
    ['the approval', ({ id }) => sql`select 1 from approvals where id = ${id} for update`],
    ['the run', ({ run_id: id }) => sql`select 1 from runs where id = ${id} for update`],
  ])('that waits for %s beyond the deadline has one outcome for every reader', async (_what, inTheWay) => {
    const reviewer = await showing(await test.member('reviewer'))
    const asked = await test.ask()
    await dueIn(asked.id, 1000)
    const held = await holdLocks(others, inTheWay(asked))
    const deciding = codeOf(decideApproval(reviewer, { id: asked.id, decision: 'approve' }))
    await untilWaiting(others, 1)
    await pause(1000)
    const read = [await readApproval(test.agent, asked.id)]
    await held.letGo()
    expect(await deciding).toBe('expired')
    read.push(await readApproval(test.agent, asked.id))
    expect((await rowOf(asked.id))?.status).toBe('expired')
    await expectOneOutcome(asked, read)
  })
})

it('a decision whose commit waits for a lost standby beyond the deadline has one outcome for every reader', async () => {
  const own = await startOwnPostgres([
    'host all all 127.0.0.1/32 scram-sha-256',
    'local all all scram-sha-256',
  ])
  const url = `postgres://postgres:secret@127.0.0.1:${own.port}/postgres`
  try {
    await migrate(url, 'drizzle')
    const pool = openDatabase(url, 8)
    const its = await makeTestProject(pool.db)
    const reviewer = await its.member('reviewer')
    const asked = await its.ask()
    await own.run(`alter system set synchronous_standby_names = 'gone'`)
    await own.run('select pg_reload_conf()')
    // the process that has commits wait from now on reads that when it comes to it, and tells nobody
    await pause(1000)
    await pool.db.transaction(async (tx) => {
      await tx.execute(sql`set local synchronous_commit = local`)
      await tx.execute(sql`update approvals set expires_at = clock_timestamp() + interval '3 seconds'`)
    })
    const deciding = codeOf(decideApproval(reviewer, { id: asked.id, decision: 'approve' }))
    await expect
      .poll(async () => {
        const rows = await pool.db.execute(sql`select 1 from pg_stat_activity where wait_event = 'SyncRep'`)
        return rows.length
      })
      .toBeGreaterThan(0)
    await expect
      .poll(
        async () =>
          (
            await pool.db.execute(sql`
      select 1 from approvals where expires_at <= clock_timestamp()`)
          ).length,
      )
      .toBe(1)
    const read = [await readApproval(its.agent, asked.id)]
    expect(read[0]).toMatchObject({ status: 'pending', next: { action: 'wait' } })
    expect(read[0]?.next.message).toContain('is being settled')
    await own.run(`alter system reset synchronous_standby_names`)
    await own.run('select pg_reload_conf()')
    expect(await deciding).toBe('done')
    read.push(await readApproval(its.agent, asked.id))
    expect(read.map(({ status }) => status)).toEqual(['pending', 'approved'])
    const [row] = await pool.db.select().from(approvals)
    const entries = await pool.db.select().from(auditEntries).where(eq(auditEntries.targetId, asked.id))
    expect(entries.map(({ action }) => action)).toEqual(['approval.approved'])
    for (const at of [row?.resolvedAt, entries[0]?.at])
      expect(at?.getTime()).toBeLessThan(row?.expiresAt.getTime() ?? 0)
    await pool.close()
  } finally {
    await own.stop()
  }
}, 60_000)

describe.each(kinds)('a right that was withdrawn while a decision waited, %s', (name, showing) => {
  const isToken = name === 'by a personal token'
  const withdrawals: [string, string, (reviewer: Reviewer, its: TestProject) => Promise<unknown>][] = [
    [
      'a member who was removed',
      'unauthenticated',
      ({ actor }, its) => removeMember(its.system, { id: actor.id }),
    ],
    [
      'a role that was lowered',
      'forbidden',
      ({ actor }, its) => changeRole(its.system, { id: actor.id, role: 'viewer' }),
    ],
    [
      isToken ? 'a token that was revoked' : 'a session that was ended',
      'unauthenticated',
      ({ actor }, its) =>
        isToken
          ? revokeKey(its.system, { id: actor.keyId ?? '' })
          : db.delete(sessions).where(eq(sessions.sessionToken, actor.sessionToken ?? '')),
    ],
    [
      'the permission to decide own requests',
      'own_request',
      async (_reviewer, its) => updateProject(await its.member('admin'), { allow_own_request: false }),
    ],
  ]

  it.each(withdrawals)('%s: the decision is not taken', async (_what, code, withdraw) => {
    const its = await makeTestProject(db)
    await db.update(projects).set({ allowOwnRequest: true }).where(eq(projects.id, its.project.id))
    const reviewer = await showing(await its.member('reviewer'))
    const asked = await askFor(its, reviewer)
    const held = await holdLocks(others, sql`select 1 from runs where id = ${asked.run_id} for update`)
    const deciding = codeOf(decideApproval(reviewer, { id: asked.id, decision: 'approve' }))
    await untilWaiting(others, 1)
    await withdraw(reviewer, its)
    await held.letGo()
    expect(await deciding).toBe(code)
    expect((await rowOf(asked.id))?.status).toBe('pending')
  })

  it.each(withdrawals)(
    '%s: is acknowledged after a decision that is being written',
    async (_what, _code, withdraw) => {
      const its = await makeTestProject(db)
      await db.update(projects).set({ allowOwnRequest: true }).where(eq(projects.id, its.project.id))
      const reviewer = await showing(await its.member('reviewer'))
      const asked = await askFor(its, reviewer)
      // Whoever withdraws has made all that they need before they wait for the decision.
      await its.member('admin')
      const held = await holdLocks(others, sql`select pg_advisory_xact_lock(2)`)
      const deciding = codeOf(decideApproval(reviewer, { id: asked.id, decision: 'approve' }))
      await untilWaiting(others, 1)
      let isAcknowledged = false
      const withdrawing = withdraw(reviewer, its).then(() => (isAcknowledged = true))
      await untilWaiting(others, 2)
      expect(isAcknowledged).toBe(false)
      await held.letGo()
      expect(await deciding).toBe('done')
      await withdrawing
    },
  )

  it('never decides once the removal was acknowledged, in free-running rounds', async () => {
    for (let round = 0; round < 40; round++) {
      const reviewer = await showing(await test.member('reviewer'))
      const asked = await test.ask()
      const removing = pause((round % 8) * 2).then(() => removeMember(test.system, { id: reviewer.actor.id }))
      const [decided] = await Promise.all([
        codeOf(decideApproval(reviewer, { id: asked.id, decision: 'approve' })),
        removing,
      ])
      expect(['done', 'unauthenticated']).toContain(decided)
      const [decision] = await entriesOf(asked.id)
      const removed = (await entriesOf(reviewer.actor.id)).find(({ action }) => action === 'member.removed')
      if (decision) expect(decision.ordinal).toBeLessThan(removed?.ordinal ?? 0)
      expect(decision !== undefined).toBe(decided === 'done')
    }
  })
})

it('a key that was revoked while its claim waited gets nothing', async () => {
  const key = await test.key(['run'])
  const reviewer = await test.member('reviewer')
  const asked = await test.ask()
  await decideApproval({ ...reviewer }, { id: asked.id, decision: 'approve' })
  const held = await holdLocks(others, sql`select 1 from runs where id = ${asked.run_id} for update`)
  const params = { order_id: 'ORD-1', amount: 2400 }
  const claiming = codeOf(claimApproval(key, { id: asked.id, tool: 'gated', params }))
  await untilWaiting(others, 1)
  await revokeKey(test.system, { id: key.actor.id })
  await held.letGo()
  expect(await claiming).toBe('unauthenticated')
  expect((await rowOf(asked.id))?.claimedAt).toBeNull()
})

it('of all who are at an approval at once, in every pairing, one has their way', async () => {
  const admin = await test.member('admin')
  const acts = {
    approve: (a: Approval) => async () =>
      decideApproval(await test.member('reviewer'), { id: a.id, decision: 'approve' }),
    reject: (a: Approval) => async () =>
      decideApproval(await signedIn(await test.member('reviewer')), { id: a.id, decision: 'reject' }),
    cancel: (a: Approval) => async () => cancelApproval(test.agent, { id: a.id }),
    expire: (a: Approval) => async () => {
      await dueIn(a.id, 0)
      await expireApprovals(db, test.project.id)
    },
    finish: (a: Approval) => async () =>
      finishRun(test.agent, { run: a.run_id, status: 'completed', source: {} }),
    redeploy: () => async () => updateProject(admin, { name: `Again ${randomBytes(2).toString('hex')}` }),
  }
  const names = Object.keys(acts) as (keyof typeof acts)[]
  for (const [at, one] of names.entries()) {
    for (const other of names.slice(at + 1)) {
      for (let round = 0; round < 3; round++) {
        const { run } = await startRun(test.agent, { agent: 'tester', source: {} })
        const asked = await test.ask({ run_id: run.id })
        const beside = await test.ask({ run_id: run.id })
        await Promise.allSettled([acts[one](asked)(), acts[other](asked)()])
        await expireApprovals(db, test.project.id)
        const row = await rowOf(asked.id)
        const [its] = await db.select().from(runs).where(eq(runs.id, run.id))
        const pending = await db
          .select()
          .from(approvals)
          .where(and(eq(approvals.runId, run.id), eq(approvals.status, 'pending')))
        expect([one, other, its?.pendingCount]).toEqual([one, other, pending.length])
        if (its?.finishedAt) expect((await rowOf(beside.id))?.status).toBe('cancelled')
        const entries = await entriesOf(asked.id)
        expect([one, other, entries.map(({ action }) => action)]).toEqual([
          one,
          other,
          row?.status === 'pending' ? [] : [`approval.${row?.status}`],
        ])
      }
    }
  }
}, 120_000)

/** A call that is asked for on behalf of the reviewer. */
async function askFor(its: TestProject, reviewer: Reviewer): Promise<Approval> {
  const { run } = await startRun(its.agent, { agent: 'tester', initiator: reviewer.actor.email, source: {} })
  return its.ask({ run_id: run.id })
}
