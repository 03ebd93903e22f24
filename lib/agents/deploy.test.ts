import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { agents } from '@/db/schema/agents'
import { auditEntries } from '@/db/schema/audit'
import { keys } from '@/db/schema/identity'
import { auditOf, withoutAudit } from '@/lib/members/fixture'
import { updateProject } from '@/lib/members/update-project'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { deployAgent } from './deploy'
import { readAgent } from './read'

let db: Database
let close: () => Promise<void>
let test: TestProject

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  test = await makeTestProject(db)
})

const fileOf = (tool: string) => `approval:\n  tools: [${tool}]\n`
const versionOf = async (name = 'tester') => (await readAgent(test.agent, name)).version

/** Holds the row of an agent, as a slow deploy of somebody else would, while `work` runs. */
async function whileHeld(work: () => Promise<void>): Promise<void> {
  await db.transaction(async (tx) => {
    await tx
      .select({ id: agents.id })
      .from(agents)
      .where(and(eq(agents.projectId, test.project.id), eq(agents.name, 'tester')))
      .for('update')
    await work()
  })
}

/** Until so many wait for somebody's lock. */
async function waiting(count: number): Promise<void> {
  const look = () =>
    db.execute(
      sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
  await expect.poll(async () => (await look()).length).toBe(count)
}

describe('the switch `deploys: people`', () => {
  it('refuses deploys by keys, the same content too, and by nobody else; other projects go on', async () => {
    const admin = await test.member('admin')
    await updateProject(admin, { deploys: 'people' })
    const byKey = (name: string, config: string) => deployAgent(test.agent, { name, config })
    const before = await readAgent(test.agent, 'tester')
    for (const [name, config] of [
      ['tester', fileOf('a')],
      ['fresh', fileOf('a')],
      ['tester', before.config],
    ] as const) {
      await expect(byKey(name, config)).rejects.toMatchObject({
        code: 'deploys_by_people',
        status: 403,
        message: expect.stringContaining('`deploys`') as string,
      })
    }
    expect(await readAgent(test.agent, 'tester')).toEqual(before)
    expect(await auditOf(db, test.project.id, 'agent.deployed')).toHaveLength(1)
    for (const [ctx, tool] of [
      [admin, 'b'],
      [test.system, 'c'],
    ] as const)
      expect((await deployAgent(ctx, { name: 'tester', config: fileOf(tool) })).isNew).toBe(false)
    expect(await versionOf()).toBe(3)
    const other = await makeTestProject(db)
    expect((await deployAgent(other.agent, { name: 'tester', config: fileOf('b') })).agent.version).toBe(2)
    await updateProject(admin, { deploys: 'anyone' })
    expect((await byKey('tester', fileOf('d'))).agent.version).toBe(4)
  })

  it('thrown while a deploy waits for its turn, refuses that deploy', async () => {
    const admin = await test.member('admin')
    let first: Promise<unknown> = Promise.resolve()
    let second: Promise<unknown> = Promise.resolve()
    await whileHeld(async () => {
      first = deployAgent(admin, { name: 'tester', config: fileOf('first') })
      await waiting(1)
      second = deployAgent(test.agent, { name: 'tester', config: fileOf('second') })
      second.catch(() => undefined)
      await waiting(2)
      await updateProject(admin, { deploys: 'people' })
    })
    await first
    await expect(second).rejects.toMatchObject({ code: 'deploys_by_people' })
    expect(await versionOf()).toBe(2)
  })

  it('waits for deploys under way: none is committed after it was acknowledged', async () => {
    const admin = await test.member('admin')
    let deployed: Promise<unknown> = Promise.resolve()
    let switched: Promise<unknown> = Promise.resolve()
    let isSwitched = false
    await whileHeld(async () => {
      deployed = deployAgent(test.agent, { name: 'tester', config: fileOf('late') })
      await waiting(1)
      switched = updateProject(admin, { deploys: 'people' }).then(() => (isSwitched = true))
      await waiting(2)
      expect(isSwitched).toBe(false)
    })
    await Promise.all([deployed, switched])
    const entries = await db
      .select({ action: auditEntries.action })
      .from(auditEntries)
      .where(eq(auditEntries.projectId, test.project.id))
      .orderBy(auditEntries.ordinal)
    expect(entries.slice(-2).map(({ action }) => action)).toEqual(['agent.deployed', 'project.updated'])
  })

  it('of twenty deploys of as many agents at once, those before it are in force and the others refused', async () => {
    const admin = await test.member('admin')
    const names = Array.from({ length: 20 }, (_, i) => `racer-${i}`)
    const deploys = names.map((name) => deployAgent(test.agent, { name, config: fileOf('a') }))
    const outcomes = Promise.allSettled(deploys)
    await Promise.race(deploys)
    await updateProject(admin, { deploys: 'people' })
    const refused = (await outcomes).filter((one) => one.status === 'rejected')
    for (const { reason } of refused as PromiseRejectedResult[])
      expect(reason).toMatchObject({ code: 'deploys_by_people' })
    const deployed = (await auditOf(db, test.project.id)).slice(-1 - (20 - refused.length))
    expect(deployed.map(({ action }) => action)).toEqual([
      ...Array<string>(20 - refused.length).fill('agent.deployed'),
      'project.updated',
    ])
  })
})

describe('deployAgent', () => {
  it('is refused where the key was revoked while it waited', async () => {
    let second: Promise<unknown> = Promise.resolve()
    let first: Promise<unknown> = Promise.resolve()
    await whileHeld(async () => {
      first = deployAgent(test.system, { name: 'tester', config: fileOf('first') })
      await waiting(1)
      second = deployAgent(test.agent, { name: 'tester', config: fileOf('second') })
      second.catch(() => undefined)
      await waiting(2)
      await db
        .update(keys)
        .set({ revokedAt: sql`now()` })
        .where(eq(keys.id, test.agent.actor.id))
    })
    await first
    await expect(second).rejects.toMatchObject({ code: 'unauthenticated' })
  })

  it('leaves no trace where its audit entry cannot be written', async () => {
    await withoutAudit(db, async () => {
      await expect(deployAgent(test.agent, { name: 'tester', config: fileOf('a') })).rejects.toThrow(
        /audit_entries/,
      )
      await expect(deployAgent(test.agent, { name: 'fresh', config: fileOf('a') })).rejects.toThrow(
        /audit_entries/,
      )
    })
    expect(await versionOf()).toBe(1)
    await expect(versionOf('fresh')).rejects.toMatchObject({ code: 'not_found' })
  })
})
