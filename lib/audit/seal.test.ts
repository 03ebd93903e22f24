import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Database } from '@/db/client'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { retrySetAside } from '@/lib/work/set-aside'
import { recordAudit } from './record'
import { sealAudit } from './seal'
import { verifyAudit } from './verify'

let db: Database
let close: () => Promise<void>
let a: TestProject
let b: TestProject

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  ;[a, b] = [await makeTestProject(db), await makeTestProject(db)]
  await sealAudit(db)
  const log = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  return () => log.mockRestore()
})

const record = (test: TestProject, id: string, text = '') =>
  recordAudit(db, test.system, {
    action: 'approval.approved',
    target: { type: 'approval', id, label: 'gated' },
    detail: { text },
  })

const sealedOf = async (test: TestProject) =>
  (
    await db.execute<{ target: string }>(sql`
      select target_id as target from audit_entries
      where project_id = ${test.project.id} and target_id like 'apr_%' and seq is not null order by seq`)
  ).map((row) => row.target)

const asideOf = () =>
  db.execute<Record<string, unknown>>(sql`select kind, project_id as project, error from set_aside`)

describe('sealAudit', () => {
  it('takes a few megabytes at a time, of each project in turn', async () => {
    for (let i = 0; i < 40; i++) await record(a, `apr_${i}`, 'x'.repeat(250_000))
    await record(b, 'apr_last')
    expect(await sealAudit(db)).toBe(41)
    const batches = await db.execute<{ bytes: number; projects: number }>(sql`
      select sum(octet_length(detail))::int as bytes, count(distinct project_id)::int as projects from audit_entries
      where target_id like 'apr_%' and project_id in (${a.project.id}, ${b.project.id})
      group by xmin::text order by min(ordinal)`)
    expect(batches.length).toBe(3)
    expect(Math.max(...batches.map((batch) => batch.bytes))).toBeLessThanOrEqual(4 << 20)
    expect(batches[0]?.projects).toBe(2)
    expect(await verifyAudit(db, a.project.id)).toMatchObject({ ok: true })
  })

  it('seals everything else where one entry cannot be, says so, and seals that one once it can', async () => {
    for (const id of ['apr_1', 'apr_2', 'apr_3']) await record(a, id)
    await record(b, 'apr_4')
    // What no writer of ours writes: no JSON.
    await db.execute(sql`alter table audit_entries disable trigger user`)
    await db.execute(sql`update audit_entries set detail = '{"text":' where target_id = 'apr_2'`)
    await db.execute(sql`alter table audit_entries enable trigger user`)
    expect(await sealAudit(db)).toBe(3)
    expect([await sealedOf(a), await sealedOf(b)]).toEqual([['apr_1', 'apr_3'], ['apr_4']])
    expect(await asideOf()).toEqual([{ kind: 'seal', project: a.project.id, error: 'SyntaxError' }])
    expect(await sealAudit(db)).toBe(0)
    expect(await verifyAudit(db, a.project.id)).toMatchObject({ ok: false, first_bad: null, unsealed: 1 })
    expect(await verifyAudit(db, b.project.id)).toMatchObject({ ok: true, unsealed: 0 })
    // Another process holds the lock when its time has come: nothing is done, so the tries go on from where they are.
    await db.execute(
      sql`update set_aside set retry_at = clock_timestamp() - interval '1 millisecond', tries = 3`,
    )
    await db.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(7340215)`)
      expect(await sealAudit(db)).toBe(0)
    })
    expect(await db.execute(sql`select tries from set_aside`)).toEqual([{ tries: 3 }])
    await db.execute(sql`alter table audit_entries disable trigger user`)
    await db.execute(sql`update audit_entries set detail = '{"text":""}' where target_id = 'apr_2'`)
    await db.execute(sql`alter table audit_entries enable trigger user`)
    await retrySetAside(db)
    expect([await sealAudit(db), await sealedOf(a)]).toEqual([1, ['apr_1', 'apr_3', 'apr_2']])
    expect(await asideOf()).toEqual([])
    expect(await verifyAudit(db, a.project.id)).toMatchObject({ ok: true, unsealed: 0 })
  })
})
