import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Database } from '@/db/client'
import type { Context } from '@/lib/context'
import { holdLocks } from '@/lib/testing/hold'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { exportAudit, readWholeAudit } from './export'
import { pruneAudit } from './prune'
import { sealAudit, sealWritten } from './seal'

let db: Database
let close: () => Promise<void>
let test: TestProject
let admin: Context

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  test = await makeTestProject(db)
  admin = await test.member('admin')
})

/** As another process that seals. */
const holdSealer = () => holdLocks(db, sql`select pg_advisory_xact_lock(7340215)`)

async function actionsOf(stream: AsyncIterable<string>): Promise<string[]> {
  let text = ''
  for await (const part of stream) text += part
  return text.trim().split('\n').map((line) => (JSON.parse(line) as { action: string }).action) // prettier-ignore
}

const inLog = async () =>
  (
    await db.execute<{ action: string }>(sql`
      select action from audit_entries where project_id = ${test.project.id} order by ordinal`)
  ).map(({ action }) => action)

const pruneAll = () =>
  db.transaction(async (tx) => {
    await tx.execute(sql`alter table audit_entries disable trigger audit_entries_append_only`)
    await pruneAudit(tx, test.project, 0)
    await tx.execute(sql`alter table audit_entries enable always trigger audit_entries_append_only`)
  })

describe('an export', () => {
  it.each([
    ['with its own entry', exportAudit],
    ['that leaves none', readWholeAudit],
  ])('%s has all that was written before, also while another process seals', async (_, read) => {
    const sealer = await holdSealer()
    const answer = read(admin, { format: 'ndjson' })
    expect(await Promise.race([answer, pause(200, 'waits')])).toBe('waits')
    await sealer.letGo()
    expect(await actionsOf(await answer)).toEqual(await inLog())
  })

  it('is refused where that is not sealed in time', async () => {
    const sealer = await holdSealer()
    await expect(sealWritten(db, test.project.id, 0)).rejects.toMatchObject({
      code: 'unavailable',
      status: 503,
      headers: { 'Retry-After': '5' },
    })
    await sealer.letGo()
    await sealWritten(db, test.project.id, 0)
  })

  it('waits for no other project', async () => {
    await sealAudit(db)
    const other = await makeTestProject(db)
    const sealer = await holdSealer()
    await sealWritten(db, test.project.id, 0)
    await expect(sealWritten(db, other.project.id, 0)).rejects.toMatchObject({ code: 'unavailable' })
    await sealer.letGo()
  })

  it('goes without an entry that cannot be sealed and is set aside', async () => {
    const log = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    await db.execute(sql`alter table audit_entries disable trigger user`)
    await db.execute(sql`
      update audit_entries set detail = '{"text":' where project_id = ${test.project.id} and action = 'agent.deployed'`)
    await db.execute(sql`alter table audit_entries enable trigger user`)
    const actions = (await inLog()).filter((action) => action !== 'agent.deployed')
    for (const _ of ['tried first', 'known to be aside']) {
      actions.push('audit.exported')
      expect(await actionsOf(await exportAudit(admin, { format: 'ndjson' }))).toEqual(actions)
    }
    log.mockRestore()
  })

  it('ends with an error where all that was left of it is pruned', async () => {
    await db.execute(sql`
      insert into audit_entries (id, project_id, at, action, actor_type, actor_id, actor_label, via, target_type, target_id, target_label, detail)
      select 'aud_many_' || n, ${test.project.id}, '2020-01-01', 'x.y', 'system', 'h', 'H', 'system', 't', 't', 't', '{}'
      from generate_series(1, 1100) as n`)
    const stream = await exportAudit(admin, { format: 'ndjson' })
    expect((await stream.next()).done).toBe(false)
    await pruneAll()
    await pruneAll()
    await expect(stream.next()).rejects.toThrow('pruned while it was exported')
  })
})
