import { sql, type SQL } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { projects } from '@/db/schema/identity'
import type { Project } from '@/lib/context'
import { newId } from '@/lib/ids'
import { keepAuditFor } from '@/lib/testing/audit-retention'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject } from '@/lib/testing/project'
import { genesisHash } from './chain'
import { exportAudit } from './export'
import { findChainStart, isAuditDue, pruneAudit } from './prune'
import { sealAudit } from './seal'
import { verifyAudit as verifySealed } from './verify'

let db: Database
let close: () => Promise<void>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())

/** A project whose log has one entry for each age in days, oldest first. */
async function projectWith(ages: number[]): Promise<Project> {
  const id = newId('project')
  const slug = id.replaceAll('_', '-')
  const [row] = await db.insert(projects).values({ id, slug, name: 'Old' }).returning()
  for (const age of ages)
    await db.execute(sql`
      insert into audit_entries (id, project_id, at, action, actor_type, actor_id, actor_label, via, target_type, target_id, target_label, detail)
      values (${newId('audit')}, ${id}, clock_timestamp() - make_interval(days => ${age}::int), 'approval.expired',
        'system', 'holdpoint', 'Holdpoint', 'system', 'approval', 'apr_x', 'refund', '{"amount":1}')`)
  await sealAudit(db)
  return row as Project
}

async function prune(project: Project, days: number): Promise<number> {
  await keepAuditFor(db, project.id, days)
  return db.transaction((tx) => pruneAudit(tx, project, days))
}

async function verifyAudit(db: Database, projectId: string) {
  await sealAudit(db)
  return verifySealed(db, projectId)
}

/** As if all that is there were old enough: the guard of ages is away for the while. */
async function pruneAll(project: Project): Promise<number> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`alter table audit_entries disable trigger audit_entries_append_only`)
    const count = await pruneAudit(tx, project, 0)
    await tx.execute(sql`alter table audit_entries enable always trigger audit_entries_append_only`)
    return count
  })
}

async function entriesOf(project: Project) {
  return db.execute<{ seq: string; action: string; detail: string; hash: string; prev_hash: string }>(sql`
    select seq, action, detail, hash, prev_hash from audit_entries where project_id = ${project.id} order by ordinal`)
}

async function refusalOf(...statements: SQL[]): Promise<string> {
  const error = await db
    .transaction(async (tx) => {
      for (const statement of statements) await tx.execute(statement)
    })
    .then(
      () => undefined,
      (caught: { cause?: Error }) => caught.cause,
    )
  return error?.message ?? 'done'
}

/** What a hand with the rights of the tables' owner does. */
async function byForce(...statements: SQL[]): Promise<void> {
  await db.transaction(async (tx) => {
    for (const table of ['audit_entries', 'audit_prunings'])
      await tx.execute(sql`alter table ${sql.raw(table)} disable trigger user`)
    for (const statement of statements) await tx.execute(statement)
    for (const table of ['audit_entries', 'audit_prunings'])
      await tx.execute(sql`alter table ${sql.raw(table)} enable trigger user`)
  })
}

describe('pruneAudit', () => {
  it('deletes the oldest part of one project and nothing else, and the chain still proves itself', async () => {
    const [project, other] = [await projectWith([90, 60, 40, 20, 1]), await projectWith([90, 60])]
    const before = await entriesOf(project)
    expect(await verifyAudit(db, project.id)).toMatchObject({ ok: true, checked: 5 })
    expect(await prune(project, 30)).toBe(3)
    expect(await prune(project, 30)).toBe(0)
    const told = { from_seq: 1, through_seq: 3, count: 3, hash: before[2]?.hash, audit_retention_days: 30 }
    const kept = await entriesOf(project)
    expect(kept.map((entry) => entry.action)).toEqual([
      'approval.expired',
      'approval.expired',
      'audit.pruned',
    ])
    expect(JSON.parse(kept[2]?.detail ?? '')).toMatchObject(told)
    expect(await findChainStart(db, project.id)).toEqual({ seq: 3, hash: before[2]?.hash })
    expect(await verifyAudit(db, project.id)).toMatchObject({ ok: true, checked: 3, first_bad: null })
    expect((await entriesOf(project)).map((entry) => Number(entry.seq))).toEqual([4, 5, 6])
    expect(kept[0]?.prev_hash).toBe(before[2]?.hash)
    expect(await verifyAudit(db, other.id)).toMatchObject({ ok: true, checked: 2 })
    expect(await findChainStart(db, other.id)).toBeUndefined()
  })

  it('goes on with the numbers where nothing older is left, and prunes again', async () => {
    const project = await projectWith([90, 60])
    expect(await prune(project, 30)).toBe(2)
    await sealAudit(db)
    expect((await entriesOf(project)).map((entry) => Number(entry.seq))).toEqual([3])
    expect(await pruneAll(project)).toBe(1)
    expect(await verifyAudit(db, project.id)).toMatchObject({ ok: true, checked: 1 })
    expect(await findChainStart(db, project.id)).toMatchObject({ seq: 3 })
  })

  it('stops at the first entry that is young, and leaves what is not sealed', async () => {
    const project = await projectWith([90, 1, 60])
    expect(await prune(project, 30)).toBe(1)
    expect((await entriesOf(project)).map((entry) => entry.action)).toHaveLength(3)
    const unsealed = await projectWith([])
    await db.execute(sql`
      insert into audit_entries (id, project_id, at, action, actor_type, actor_id, actor_label, via, target_type, target_id, target_label, detail)
      values (${newId('audit')}, ${unsealed.id}, '2020-01-01', 'x.y', 'system', 'h', 'H', 'system', 't', 't', 't', '{}')`)
    expect(await prune(unsealed, 30)).toBe(0)
  })

  it('is due once the oldest entry is a day over the period', async () => {
    expect(await isAuditDue(db, (await projectWith([30])).id, 30)).toBe(false)
    expect(await isAuditDue(db, (await projectWith([31])).id, 30)).toBe(true)
    expect(await isAuditDue(db, (await projectWith([])).id, 30)).toBe(false)
  })

  it('takes at most a thousand at a time', async () => {
    const project = await projectWith([])
    await db.execute(sql`
      insert into audit_entries (id, project_id, at, action, actor_type, actor_id, actor_label, via, target_type, target_id, target_label, detail)
      select 'aud_many_' || n, ${project.id}, '2020-01-01', 'x.y', 'system', 'h', 'H', 'system', 't', 't', 't', '{}'
      from generate_series(1, 1500) as n`)
    await sealAudit(db)
    expect([await prune(project, 30), await prune(project, 30), await prune(project, 30)]).toEqual([
      1000, 500, 0,
    ])
    expect(await verifyAudit(db, project.id)).toMatchObject({ ok: true, checked: 2 })
  })

  it('is in the export as its first line, which follows the last pruned entry', async () => {
    const test = await makeTestProject(db)
    const admin = await test.member('admin')
    await sealAudit(db)
    const [first] = await entriesOf(test.project)
    const all = async () => {
      let text = ''
      for await (const part of await exportAudit(admin, { format: 'ndjson' })) text += part
      return text.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>) // prettier-ignore
    }
    expect((await all())[0]).toMatchObject({ seq: 1, prev_hash: genesisHash })
    const count = await pruneAll(test.project)
    expect(count).toBeGreaterThan(2)
    const start = await findChainStart(db, test.project.id)
    const [line] = await all()
    expect(line).toMatchObject({ seq: count + 1, prev_hash: start?.hash, action: 'audit.pruned' })
    expect(line?.prev_hash).not.toBe(first?.hash)
  })
})

describe('verifyAudit after a pruning finds', () => {
  const made = async () => {
    const project = await projectWith([90, 60, 20, 10, 1])
    await prune(project, 30)
    expect(await verifyAudit(db, project.id)).toMatchObject({ ok: true, checked: 4 })
    return project
  }
  const of = (project: Project) => sql`project_id = ${project.id}`

  it('a changed entry', async () => {
    const project = await made()
    await byForce(sql`update audit_entries set actor_label = 'x' where seq = 4 and ${of(project)}`)
    expect(await verifyAudit(db, project.id)).toMatchObject({ ok: false, checked: 1, first_bad: 4 })
  })

  it('a cut that no pruning tells of', async () => {
    const project = await made()
    await byForce(sql`delete from audit_entries where seq = 3 and ${of(project)}`)
    expect(await verifyAudit(db, project.id)).toMatchObject({ ok: false, checked: 0, first_bad: 3 })
  })

  it('a cut that a forged pruning tells of, and the chain does not', async () => {
    const project = await made()
    const [entry] = await entriesOf(project)
    await byForce(
      sql`insert into audit_prunings (project_id, from_seq, through_seq, hash, at) values (${project.id}, 3, 3, ${entry?.hash}, now())`,
      sql`delete from audit_entries where seq = 3 and ${of(project)}`,
    )
    expect(await verifyAudit(db, project.id)).toMatchObject({ ok: false, first_bad: 4 })
  })

  it('a pruning that was taken back, or changed', async () => {
    const gone = await made()
    await byForce(sql`delete from audit_prunings where ${of(gone)}`)
    expect(await verifyAudit(db, gone.id)).toMatchObject({ ok: false, first_bad: 1 })
    const changed = await made()
    await byForce(sql`update audit_prunings set hash = 'x' where ${of(changed)}`)
    expect(await verifyAudit(db, changed.id)).toMatchObject({ ok: false, first_bad: 3 })
  })
})

describe('the database refuses', () => {
  it('every DELETE but that of a pruning of the same transaction', async () => {
    const project = await projectWith([90, 60, 20])
    await keepAuditFor(db, project.id, 10)
    const [first, second, third] = await entriesOf(project)
    const plain = sql`delete from audit_entries where project_id = ${project.id}`
    expect(await refusalOf(plain)).toContain('append-only: DELETE refused')
    const mark = (from: number, through: number, hash = '') => sql`
      insert into audit_prunings (project_id, from_seq, through_seq, hash, at)
      select ${project.id}, ${from}, ${through}, ${hash}, at from audit_entries where project_id = ${project.id} and seq = ${through}`
    const upTo = (seq: number) =>
      sql`delete from audit_entries where project_id = ${project.id} and seq <= ${seq}`
    expect(await refusalOf(mark(1, 1, first?.hash), plain)).toContain('append-only: DELETE refused')
    expect(await refusalOf(mark(1, 1, first?.hash), upTo(2))).toContain('append-only: DELETE refused')
    expect(await refusalOf(mark(1, 2, first?.hash))).toContain('no sealed entry 2')
    expect(await refusalOf(mark(2, 2, second?.hash))).toContain('begins at 1')
    expect(await refusalOf(mark(1, 1, first?.hash), upTo(1))).toBe('done')
    expect(await refusalOf(mark(1, 2, second?.hash))).toContain('begins at 2')
    const foreign = sql`update audit_prunings set transaction_id = pg_current_xact_id() where project_id = ${project.id}`
    expect(await refusalOf(foreign)).toContain('append-only: UPDATE refused')
    // A pruning that was committed without its deleting does not open the door to a later one.
    expect(await refusalOf(mark(2, 2, second?.hash))).toBe('done')
    expect(await refusalOf(upTo(2))).toContain('append-only: DELETE refused')
    expect(await refusalOf(mark(3, 3, third?.hash), upTo(3))).toContain('append-only: DELETE refused')
  })

  it('every change of what was pruned, and TRUNCATE', async () => {
    await prune(await projectWith([90]), 30)
    expect(await refusalOf(sql`delete from audit_prunings`)).toContain('append-only')
    expect(await refusalOf(sql`update audit_prunings set hash = 'x'`)).toContain('append-only')
    expect(await refusalOf(sql`truncate audit_prunings`)).toContain('append-only')
    expect(await refusalOf(sql`truncate audit_entries`)).toContain('append-only')
  })
})
