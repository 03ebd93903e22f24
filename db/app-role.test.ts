import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { setAuditFloor } from '@/lib/retention/floor'
import { keepAuditFor } from '@/lib/testing/audit-retention'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'
import { openDatabase } from './client'
import { startEmbedded } from '@/lib/embedded/embedded'
import { migrate, UnknownSchemaError } from './migrate'

const role = 'holdpoint_app'
let owner: ReturnType<typeof openDatabase>
let sqlOfOwner: postgres.Sql
let url: string
let rest: Rest
let test: TestProject

/** A server of its own: roles belong to the whole of one. */
beforeAll(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'holdpoint-role-'))
  const embedded = await startEmbedded({ dataDir })
  await migrate(embedded.url)
  const address = new URL(embedded.url)
  owner = openDatabase(embedded.url, 2)
  sqlOfOwner = postgres(embedded.url, { max: 1, onnotice: () => undefined })
  const password = randomBytes(12).toString('hex')
  await asAdmin(dataDir, address, `create role ${role} login password '${password}'`)
  const grants = await readFile('docs/app-role.sql', 'utf8')
  // As after every migration: a second time changes nothing.
  for (let i = 0; i < 2; i++) await sqlOfOwner.unsafe(grants)
  address.username = role
  address.password = password
  url = address.href
  const drop = async () => {
    await Promise.all([sqlOfOwner.end(), owner.close()])
    await embedded.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  rest = await startRest({}, { url, drop })
  test = await makeTestProject(rest.db)
}, 120_000)
afterAll(() => rest?.close())

async function asAdmin(dataDir: string, { hostname: host, port }: URL, statement: string): Promise<void> {
  const password = (await readFile(join(dataDir, 'database-admin-password'), 'utf8')).trim()
  const login = { host, port: Number(port), username: 'postgres', password, database: 'postgres' }
  const admin = postgres({ ...login, max: 1, onnotice: () => undefined })
  await admin.unsafe(statement)
  await admin.end()
}

async function refusalOf(statement: string): Promise<string> {
  const error = await rest.db.execute(sql.raw(statement)).then(
    () => undefined,
    (caught: { cause?: Error }) => caught.cause,
  )
  return error?.message ?? 'done'
}

describe('a role that owns nothing', () => {
  it('is not the owner of anything, nor a superuser', async () => {
    const [found] = await rest.db.execute<{
      name: string
      owns: number
      super: boolean
      bypasses: boolean
    }>(sql`
      select current_user as name, rolsuper as super, rolbypassrls as bypasses,
        (select count(*)::int from pg_class where relowner = r.oid) as owns
      from pg_roles r where rolname = current_user`)
    expect(found).toEqual({ name: role, owns: 0, super: false, bypasses: false })
  })

  it('starts on a database that is migrated, and says in a sentence what one lacks', async () => {
    await migrate(url)
    const [last] = await sqlOfOwner<{ id: number; hash: string; created_at: string }[]>`
      delete from drizzle.__drizzle_migrations where id = (select max(id) from drizzle.__drizzle_migrations) returning *`
    const refusal = await migrate(url).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(UnknownSchemaError)
    expect((refusal as Error).message).toMatch(
      new RegExp(
        `^The database lacks 1 of this version’s migrations, which the role ${role} may not make; .*\\.$`,
      ),
    )
    await sqlOfOwner`insert into drizzle.__drizzle_migrations ${sqlOfOwner(last ?? {})}`
    await migrate(url)
  })

  it('serves the whole way of a call, with its record sealed and its jobs done', async () => {
    const reviewer = await test.member('reviewer')
    const admin = await test.member('admin')
    const { id, params } = await test.ask()
    const told = sql`select 1 from notices where subject_id = ${id}`
    await expect.poll(async () => (await owner.db.execute(told)).length).toBeGreaterThan(0)
    const decided = await rest.call('POST', `/api/approvals/${id}/decisions`, {
      token: reviewer.token,
      body: { decision: 'approve' },
    })
    const claimed = await rest.call('POST', `/api/approvals/${id}/claim`, {
      token: test.agent.token,
      body: { tool: 'gated', params },
    })
    expect([decided.status, claimed.status]).toEqual([201, 200])
    const again = await test.ask()
    await rest.db.execute(
      sql`update approvals set expires_at = clock_timestamp() - interval '1 millisecond' where id = ${again.id}`,
    )
    await expect
      .poll(async () => {
        const { body } = await rest.call('GET', '/api/audit', { token: admin.token })
        return body.items?.filter(({ seq }) => seq !== null).map(({ action }) => action)
      })
      .toEqual(expect.arrayContaining(['approval.approved', 'approval.claimed', 'approval.expired']))
    expect((await rest.call('GET', '/api/audit/verify', { token: admin.token })).body).toMatchObject({
      ok: true,
    })
  })

  it('prunes what is old enough, and nothing that is younger', async () => {
    const old = await makeTestProject(rest.db)
    await rest.call('POST', '/api/cron/deliver', {
      headers: { Authorization: 'Bearer cron-secret-for-tests' },
    })
    await owner.db.execute(sql`alter table audit_entries disable trigger user`)
    await owner.db.execute(
      sql`update audit_entries set at = at - interval '300 days' where project_id = ${old.project.id} and seq <= 2`,
    )
    await owner.db.execute(sql`alter table audit_entries enable always trigger audit_entries_append_only`)
    await keepAuditFor(owner.db, old.project.id, 200)
    await setAuditFloor(owner.db, 183)
    const secret = { Authorization: 'Bearer cron-secret-for-tests' }
    expect((await rest.call('POST', '/api/cron/deliver', { headers: secret })).status).toBe(200)
    const left = await owner.db.execute<{ seq: string; action: string }>(sql`
      select seq, action from audit_entries where project_id = ${old.project.id} order by ordinal`)
    expect(left[0]?.seq).toBe('3')
    expect(left.at(-1)?.action).toBe('audit.pruned')
    const mark = `insert into audit_prunings (project_id, from_seq, through_seq, hash, at)
      select project_id, 3, seq, hash, at from audit_entries where project_id = '${old.project.id}' and seq = 3`
    const remove = `delete from audit_entries where project_id = '${old.project.id}' and seq = 3`
    expect(await refusalOf(`with marked as (${mark}) select 1`)).toBe('done')
    expect(await refusalOf(remove)).toContain('append-only: DELETE refused')
  })

  it.each([
    ["update audit_entries set actor_label = 'x'", /permission denied/],
    ["update audit_entries set seq = 1, prev_hash = 'a', hash = 'b'", /append-only: UPDATE refused/],
    ['delete from audit_entries', /append-only: DELETE refused/],
    ['truncate audit_entries', /permission denied/],
    ['alter table audit_entries disable trigger all', /must be owner/],
    ['drop trigger audit_entries_append_only on audit_entries', /must be owner/],
    ['alter table audit_entries add column x int', /must be owner/],
    ['drop table audit_entries', /must be owner/],
    ['create rule r as on delete to audit_entries do instead nothing', /must be owner/],
    ['alter function audit_entries_refuse_change() rename to x', /must be owner/],
    ['set session_replication_role = replica', /permission denied/],
    ['update audit_prunings set from_seq = 1', /permission denied/],
    ['delete from audit_prunings', /permission denied/],
    ['update audit_floor set min_days = 1', /permission denied/],
    ['delete from projects', /permission denied/],
    ['update projects set retention_days = 1, audit_retention_days = 183', /waits for seven days/],
    ['alter role current_user superuser', /permission denied|must be superuser/],
    ['create function public.x() returns int language sql as $$select 1$$', /permission denied/],
  ])('is refused: %s', async (statement, refusal) => {
    expect(await refusalOf(statement)).toMatch(refusal)
  })

  it('leaves the floor to who may write it', async () => {
    expect(await setAuditFloor(rest.db, 400)).toBe(183)
    expect(await setAuditFloor(owner.db, 183)).toBe(183)
  })
})
