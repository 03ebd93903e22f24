import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '@/db/client'
import { withParameters } from '@/db/connection'
import { openSql } from '@/db/drivers'
import { startEmbedded, type EmbeddedDatabase } from '@/lib/embedded/embedded'
import { migrate } from '@/db/migrate'
import { attachReplica, readMayLag } from '@/db/replica'
import { startSession } from '@/lib/members/session'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startReplica, type ReplicaServer } from '@/lib/testing/replica-server'
import { startRest, type Rest } from '@/lib/testing/rest'

let folder: string
let primary: EmbeddedDatabase
let replica: ReplicaServer

beforeAll(async () => {
  // postgres.js can throw outside any promise when a server dies; npm start has the same guard.
  process.on('uncaughtException', () => undefined)
  folder = mkdtempSync(join(tmpdir(), 'holdpoint-replica-'))
  const dataDir = join(folder, 'primary')
  primary = await startEmbedded({ dataDir })
  await migrate(primary.url)
  replica = await startReplica({ dataDir, url: primary.url }, join(folder, 'replica'))
}, 60_000)

afterAll(async () => {
  await replica?.kill()
  await primary?.stop()
  rmSync(folder, { recursive: true, force: true })
}, 30_000)

describe('of several hosts, the replica first', () => {
  const at = (hosts: { url: string }[], target: string) =>
    withParameters(primary.url, {
      host: hosts.map(() => '127.0.0.1').join(),
      port: hosts.map(({ url }) => new URL(url).port).join(),
      target_session_attrs: target,
    })
  const whereOf = async (url: string) => {
    const sql = openSql(url, { max: 4, name: 'test' })
    try {
      // Each on a connection of its own.
      const seen = await Promise.all(
        [1, 2, 3, 4].map(() => sql.unsafe('select pg_is_in_recovery() as is, pg_sleep(0.2)')),
      )
      return [...new Set(seen.map(([row]) => (row?.is ? 'replica' : 'primary')))]
    } finally {
      await sql.end({ timeout: 1 })
    }
  }

  it.each([
    ['any', 'replica'],
    ['read-write', 'primary'],
    ['primary', 'primary'],
    ['read-only', 'replica'],
    ['standby', 'replica'],
    ['prefer-standby', 'replica'],
  ])('%s takes the %s alone', async (target, where) => {
    expect(await whereOf(at([replica, primary], target))).toEqual([where])
  })

  it('takes what there is where it only prefers, and else none', async () => {
    expect(await whereOf(at([primary], 'prefer-standby'))).toEqual(['primary'])
    await expect(whereOf(at([replica], 'read-write'))).rejects.toMatchObject({ code: 'WRONG_TARGET' })
  })
})

describe('reads that may lag', () => {
  let db: Database
  let close: (() => Promise<void>) | undefined
  let said: string[]

  beforeEach(async () => {
    said = []
    const opened = openDatabase(primary.url, 4)
    db = opened.db
    await db.execute(sql`create table if not exists seen (number int)`)
    // however far it came: the next, or a second try, finds the replica as it was
    return async () => {
      await close?.()
      close = undefined
      await opened.close()
      if (!replica.isAlive()) await replica.start()
      await replica.resume()
    }
  })

  const attach = (url: string, mostLagMs?: number) => {
    const replica = attachReplica(db, url, { log: (line) => said.push(line), mostLagMs })
    close = () => replica.close()
  }
  const read = () =>
    readMayLag(db, async (where) => {
      const [row] = await where.execute<{ on: 'replica' | 'primary'; count: number }>(sql`
        select case when pg_is_in_recovery() then 'replica' else 'primary' end as on,
          (select count(*)::int from seen) as count`)
      return row
    })
  const place = async () => (await read())?.on

  it('go to a replica that keeps up, and leave it while it is too far behind', async () => {
    expect(await place()).toBe('primary')
    // No less: where disks are busy, a replica that keeps up may be a second or two behind, now and then.
    attach(replica.url, 6000)
    await expect.poll(place, { timeout: 20_000 }).toBe('replica')
    const before = (await read())?.count ?? 0
    await replica.pause()
    await db.execute(sql`insert into seen values (1)`)
    await expect.poll(read, { timeout: 5000 }).toEqual({ on: 'replica', count: before })
    await expect.poll(read, { timeout: 20_000 }).toEqual({ on: 'primary', count: before + 1 })
    await expect.poll(() => said.at(-1)).toContain('more than 6 s behind')
    await replica.resume()
    await expect.poll(read, { timeout: 20_000 }).toEqual({ on: 'replica', count: before + 1 })
    // Each change is said once: what is said is never what was said before it.
    const isBack = said.map((line) => line.includes('keeps up'))
    expect(isBack.filter((is, at) => is === isBack[at - 1])).toEqual([])
    expect(isBack.filter(Boolean).length).toBeGreaterThanOrEqual(2)
  }, 80_000)

  it('go to the primary while the replica is gone, and say so once', async () => {
    attach(replica.url)
    await expect.poll(place).toBe('replica')
    expect(said.at(-1)).toContain('keeps up')
    said.length = 0
    await replica.kill()
    for (let i = 0; i < 20; i++) {
      expect(await place()).toBe('primary')
      await new Promise((done) => setTimeout(done, 100))
    }
    expect(said).toEqual([expect.stringContaining('left alone')])
    await replica.start()
    await expect.poll(place, { timeout: 30_000 }).toBe('replica')
  }, 60_000)

  it('are refused nothing by a database that is no replica: they stay on the primary', async () => {
    attach(primary.url)
    await place()
    await expect.poll(() => said).toEqual([expect.stringContaining('no streaming replica')])
    expect(await place()).toBe('primary')
  })

  it('can write nothing, wherever their connection leads', async () => {
    const readOnly = openDatabase(primary.url, 1, { isReadOnly: true })
    const writing = readOnly.db.execute(sql`insert into seen values (2)`)
    await expect(writing).rejects.toMatchObject({ cause: { code: '25006' } })
    await readOnly.close()
  })
})

describe('the API over a replica that stands still', () => {
  let rest: Rest
  let test: TestProject

  beforeAll(async () => {
    const given = { url: primary.url, drop: () => Promise.resolve() }
    rest = await startRest({ DATABASE_REPLICA_URL: replica.url }, given)
    test = await makeTestProject(rest.db)
  })
  afterAll(() => rest.close())

  const idsOf = async (path: string, options: object): Promise<unknown[]> =>
    ((await rest.call('GET', path, options)).body.items ?? []).map((item) => item.id)

  it('shows lists as they were, and all that somebody acts on as it is', async () => {
    const agent = { token: test.agent.token }
    const reviewer = await test.member('reviewer')
    const first = await test.ask()
    await expect.poll(() => idsOf('/api/approvals', agent)).toContain(first.id)
    // Until the first check has been made, lists come from the primary.
    await new Promise((done) => setTimeout(done, 500))
    await expect.poll(() => idsOf('/api/approvals', agent)).toContain(first.id)
    await replica.pause()
    try {
      const asked = await test.ask({ tool_call_id: 'late' })
      for (const path of ['/api/approvals', '/api/approvals?status=pending', '/api/approvals?q=ORD']) {
        // A check that a busy machine answers late sends a read or two to the primary.
        const shown = async () => {
          const ids = await idsOf(path, agent)
          return [path, ids.includes(first.id), ids.includes(asked.id)]
        }
        await expect.poll(shown, { timeout: 5000 }).toEqual([path, true, false])
      }
      await expect.poll(() => idsOf('/api/runs', agent), { timeout: 5000 }).not.toContain(asked.run_id)
      expect((await rest.call('GET', `/api/approvals/${asked.id}`, agent)).body.status).toBe('pending')
      expect((await rest.call('GET', `/api/runs/${asked.run_id}`, agent)).status).toBe(200)
      expect(await idsOf('/api/approvals?tool_call_id=late', agent)).toEqual([asked.id])
      expect(await idsOf(`/api/approvals?run_id=${asked.run_id}`, agent)).toEqual([asked.id])

      const { token: session } = await startSession(rest.db, reviewer.actor.id)
      const browser = { headers: { cookie: `next-auth.session-token=${session}` } }
      expect(await idsOf('/api/approvals', browser)).toContain(asked.id)

      const wait = rest.call('GET', `/api/approvals/${asked.id}`, {
        ...agent,
        headers: { Prefer: 'wait=20' },
      })
      const decided = await rest.call('POST', `/api/approvals/${asked.id}/decisions`, {
        token: reviewer.token,
        body: { decision: 'approve' },
      })
      expect(decided.status).toBe(201)
      expect((await wait).body.status).toBe('approved')
      const claim = { ...agent, body: { tool: 'gated', params: asked.params } }
      expect((await rest.call('POST', `/api/approvals/${asked.id}/claim`, claim)).status).toBe(200)
      const audit = () => idsOf(`/api/audit?target=${asked.id}`, agent)
      await expect.poll(audit, { timeout: 5000 }).toEqual([])
      expect((await rest.call('GET', '/api/approvals?cursor=broken', agent)).body.code).toBe('invalid_cursor')
    } finally {
      await replica.resume()
    }
    await expect
      .poll(async () => (await rest.call('GET', '/api/approvals?q=ORD', agent)).body.items?.length)
      .toBe(2)
  }, 60_000)
})
