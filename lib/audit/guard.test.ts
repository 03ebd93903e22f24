import { sql, type SQL } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { keepAuditFor } from '@/lib/testing/audit-retention'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject } from '@/lib/testing/project'
import { sealAudit } from './seal'
import { verifyAudit } from './verify'

let db: Database
let close: () => Promise<void>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())

/** Of several statements in one transaction. */
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

describe('sealing', () => {
  const saying = sql`select set_config('holdpoint.seal_form', '2', true)`

  it.each(['action', 'actor_id', 'detail', 'credential_id', 'request_id', 'address'])(
    'changes no %s',
    async (column) => {
      const { project } = await makeTestProject(db)
      const seal = (more: SQL) => sql`
        update audit_entries set seq = ordinal, prev_hash = 'a', hash = 'b' ${more} where project_id = ${project.id}`
      expect(await refusalOf(saying, seal(sql`, ${sql.raw(column)} = 'forged'`))).toContain('append-only')
      expect(await refusalOf(saying, seal(sql``))).toBe('done')
    },
  )

  it.each(['credential_id', 'request_id', 'address'])(
    'by a process that knows nothing of %s is refused, and left to those who do',
    async (column) => {
      const { project } = await makeTestProject(db)
      const add = (id: string, value: string | null) =>
        db.execute(sql`
          insert into audit_entries (id, project_id, at, action, actor_type, actor_id, actor_label, via, target_type,
            target_id, target_label, detail, ${sql.raw(column)})
          values (${id}, ${project.id}, clock_timestamp(), 'approval.expired', 'system', 'holdpoint', 'Holdpoint',
            'system', 'approval', 'apr_x', 'x', '{}', ${value})`)
      await sealAudit(db)
      await add(`aud_with_${column}`, 'something')
      await add(`aud_without_${column}`, null)
      const seal = (id: string) => sql`
        update audit_entries set seq = ordinal, prev_hash = 'a', hash = 'b' where id = ${id}`
      expect(await refusalOf(seal(`aud_with_${column}`))).toContain('older version')
      const undo = sql`select 1 / 0`
      expect(await refusalOf(seal(`aud_without_${column}`), undo)).toContain('division')
      expect(await refusalOf(saying, seal(`aud_with_${column}`), undo)).toContain('division')
      expect(await refusalOf(seal(`aud_with_${column}`))).toContain('older version')
      expect(await sealAudit(db)).toBe(2)
      expect(await verifyAudit(db, project.id)).toMatchObject({ ok: true })
    },
  )
})

describe('pruning', () => {
  /** A project whose log has one entry for each age in days, oldest first, all sealed. */
  async function projectWith(ages: number[]): Promise<string> {
    const { project } = await makeTestProject(db)
    await sealAudit(db)
    for (const age of ages)
      await db.execute(sql`
        insert into audit_entries (id, project_id, at, action, actor_type, actor_id, actor_label, via, target_type,
          target_id, target_label, detail)
        select 'aud_' || gen_random_uuid(), ${project.id}, clock_timestamp() - make_interval(days => ${age}::int),
          'approval.expired', 'system', 'holdpoint', 'Holdpoint', 'system', 'approval', 'apr_x', 'x', '{}'`)
    await sealAudit(db)
    return project.id
  }

  const lastOf = (id: string) => sql`(select max(seq) from audit_entries where project_id = ${id})`
  const mark = (id: string) => sql`
    insert into audit_prunings (project_id, from_seq, through_seq, hash, at)
    select project_id, 1, seq, hash, at from audit_entries where project_id = ${id} and seq = ${lastOf(id)}`
  const remove = (id: string) => sql`delete from audit_entries where project_id = ${id}`
  const shadow = sql`create temp table audit_floor on commit drop as select true as is_only, 1 as min_days`
  const shadowed = (id: string) => sql`create temp table projects on commit drop as
    select ${id}::text as id, 1 as audit_retention_days, null::int as audit_retention_next,
      null::timestamptz as audit_retention_next_at`

  it('takes no entry that is younger than the period, whatever was written down', async () => {
    const young = await projectWith([400])
    await keepAuditFor(db, young, 200)
    // The last entry is old; those of the project's making before it are not.
    expect(await refusalOf(mark(young), remove(young))).toMatch(/entry \d+ is kept.*200 days/)
  })

  it('takes nothing where the log is kept for ever', async () => {
    const id = await projectWith([40_000])
    expect(await refusalOf(mark(id), remove(id))).toMatch(/kept for all days/)
  })

  it('is not fooled by tables that somebody made for this session', async () => {
    const id = await projectWith([400])
    expect(await refusalOf(shadow, shadowed(id), mark(id), remove(id))).toMatch(/is kept/)
  })
})

describe('the period itself', () => {
  const change = (id: string, set: SQL) => sql`update projects set ${set} where id = ${id}`
  let id: string
  beforeAll(async () => {
    id = (await makeTestProject(db)).project.id
    await db.execute(sql`update audit_floor set min_days = 183`)
    await db.execute(change(id, sql`retention_days = 30`))
  })

  it.each<[string, SQL, RegExp]>([
    ['shortened at once', sql`audit_retention_days = 300`, /waits for seven days/],
    ['below the floor', sql`audit_retention_days = 100`, /at least 183 days/],
    [
      'announced below the floor',
      sql`audit_retention_next = 100, audit_retention_next_at = now()`,
      /at least 183/,
    ],
    ['moved to another id', sql`id = 'prj_other'`, /keeps its id/],
  ])('is not %s', async (_, set, refusal) => {
    expect(await refusalOf(change(id, set))).toMatch(refusal)
  })

  it('counts seven days from when it was announced, whatever time was written', async () => {
    const announce = sql`audit_retention_next = 300, audit_retention_next_at = clock_timestamp() - interval '1 year'`
    const backdate = sql`audit_retention_next_at = clock_timestamp() - interval '1 minute'`
    for (const set of [announce, backdate]) {
      expect(await refusalOf(change(id, set))).toBe('done')
      const [row] = await db.execute<{ days: number }>(sql`
        select extract(epoch from audit_retention_next_at - clock_timestamp())::float / 86400 as days
        from projects where id = ${id}`)
      expect(row?.days).toBeCloseTo(7, 2)
    }
    expect(await refusalOf(change(id, sql`audit_retention_days = 300`))).toMatch(/waits for seven days/)
    expect(await refusalOf(change(id, sql`audit_retention_next = null`))).toBe('done')
  })

  it('is for ever in a project that begins', async () => {
    const insert = sql`insert into projects (id, slug, name, retention_days, audit_retention_days)
      values ('prj_new', 'new-one', 'New', 30, 365)`
    expect(await refusalOf(insert)).toMatch(/kept for ever/)
  })
})
