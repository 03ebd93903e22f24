import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { agents } from '@/db/schema/agents'
import { auditEntries } from '@/db/schema/audit'
import { keys } from '@/db/schema/identity'
import { groupMembers, groups } from '@/db/schema/people'
import { newId } from '@/lib/ids'
import { auditOf, withoutAudit } from '@/lib/testing/person'
import { updateProject } from '@/lib/members/update-project'
import { untilWaiting } from '@/lib/testing/hold'
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

/** Runs `work` while another process deploys the agent: it has the lock, and its row where `hasWritten`. */
async function whileAnother(hasWritten: boolean, work: () => Promise<void>): Promise<void> {
  await db.transaction(async (tx) => {
    if (!hasWritten) await tx.execute(lockOf('tester'))
    else {
      const isTester = and(eq(agents.projectId, test.project.id), eq(agents.name, 'tester'))
      await tx.select({ id: agents.id }).from(agents).where(isTester).for('update')
    }
    await work()
  })
}

const lockOf = (name: string) =>
  sql`select pg_advisory_xact_lock(734023, hashtext(${`${test.project.id}/${name}`}))`

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
    let deployed: Promise<unknown> = Promise.resolve()
    await whileAnother(false, async () => {
      deployed = deployAgent(test.agent, { name: 'tester', config: fileOf('late') })
      deployed.catch(() => undefined)
      await untilWaiting(db, 1)
      await updateProject(admin, { deploys: 'people' })
    })
    await expect(deployed).rejects.toMatchObject({ code: 'deploys_by_people' })
    expect(await versionOf()).toBe(1)
  })

  it('waits for deploys under way: none is committed after it was acknowledged', async () => {
    const admin = await test.member('admin')
    let deployed: Promise<unknown> = Promise.resolve()
    let switched: Promise<unknown> = Promise.resolve()
    let isSwitched = false
    await whileAnother(true, async () => {
      deployed = deployAgent(test.agent, { name: 'tester', config: fileOf('late') })
      await untilWaiting(db, 1)
      switched = updateProject(admin, { deploys: 'people' }).then(() => (isSwitched = true))
      await untilWaiting(db, 2)
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
    const entries = await auditOf(db, test.project.id)
    const written = entries
      .map(({ action }) => action)
      .filter((action) => /^agent.deployed|^project/.test(action))
    expect(written).toEqual([
      'project.created',
      ...Array<string>(21 - refused.length).fill('agent.deployed'),
      'project.updated',
    ])
  })
})

describe('deployAgent', () => {
  it('is refused where the key was revoked while it waited', async () => {
    let deployed: Promise<unknown> = Promise.resolve()
    await whileAnother(false, async () => {
      deployed = deployAgent(test.agent, { name: 'tester', config: fileOf('late') })
      deployed.catch(() => undefined)
      await untilWaiting(db, 1)
      await db
        .update(keys)
        .set({ revokedAt: sql`now()` })
        .where(eq(keys.id, test.agent.actor.id))
    })
    await expect(deployed).rejects.toMatchObject({ code: 'unauthenticated' })
  })

  it('is compared anew where another process deployed meanwhile', async () => {
    let deployed: ReturnType<typeof deployAgent> | undefined
    await deployAgent(test.system, { name: 'shop', config: fileOf('pay') })
    await db.transaction(async (tx) => {
      await tx.execute(lockOf('shop'))
      deployed = deployAgent(test.agent, { name: 'shop', config: fileOf('pay') + '#\n' })
      await untilWaiting(db, 1)
      await tx.execute(sql`
        with old as (select * from agents where project_id = ${test.project.id} and name = 'shop'), new as (
          insert into agent_versions (id, project_id, agent_id, version, config, warnings, deployed_by_type, deployed_by_id, deployed_by_label)
          select 'ver_of_another_' || id, project_id, id, 2, ${fileOf('pay, drop')}, '[]', 'system', 'x', 'x' from old
          returning id, agent_id)
        update agents set version = 2, version_id = new.id from new where agents.id = new.agent_id`)
    })
    expect((await deployed)?.agent.version).toBe(3)
    const [entry] = (await auditOf(db, test.project.id, 'agent.deployed')).slice(-1)
    expect(entry?.detail).toMatchObject({ loosens: { removed: [{ tool: 'drop', when: null }] } })
  })

  it('begins nothing that was given up, and holds a bounded queue', async () => {
    const admin = await test.member('admin')
    const deploys: Promise<unknown>[] = []
    await whileAnother(false, async () => {
      for (let i = 0; i < 22; i++)
        deploys.push(deployAgent(test.agent, { name: i ? `later-${i}` : 'tester', config: fileOf('a') }))
      await expect(deploys[21]).rejects.toMatchObject({ code: 'unavailable' })
      const mine = deployAgent(admin, { name: 'mine', config: fileOf('a') })
      const refused = await Promise.allSettled([mine, ...deploys.slice(1)])
      expect(refused.map((one) => one.status)).toEqual(Array<string>(22).fill('rejected'))
    })
    await deploys[0]
    const mine = await deployAgent(admin, { name: 'mine', config: fileOf('a') })
    expect(mine.isNew).toBe(true)
    await expect(readAgent(test.agent, 'later-1')).rejects.toMatchObject({ code: 'not_found' })
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

describe('people whom a file names', () => {
  const config = (lines: string) => `approval:\n  tools: [pay]\n  ${lines}\n`
  const told = async (ctx: Parameters<typeof deployAgent>[0], lines: string, strict?: boolean) =>
    (await deployAgent(ctx, { name: 'who', config: config(lines), strict })).agent.warnings.map(
      ({ code, line }) => `${line} ${code}`,
    )
  const groupOf = async (slug: string, ...ids: string[]) => {
    const id = newId('group')
    await db.insert(groups).values({ id, projectId: test.project.id, slug, name: slug })
    for (const userId of ids)
      await db.insert(groupMembers).values({ groupId: id, projectId: test.project.id, userId })
  }

  it('are warned of where they are not there, or nobody of them could decide, and refused with strict', async () => {
    const ann = await test.member('reviewer')
    const viewer = await test.member('viewer')
    await groupOf('finance', ann.actor.id, viewer.actor.id)
    const other = await makeTestProject(db)
    const admin = await test.member('admin')
    expect(await told(admin, 'reviewers: finance')).toEqual([])
    expect(await told(admin, `reviewers: ${ann.actor.email}`)).toEqual([])
    expect(await told(admin, 'reviewers: [finance, sales]')).toEqual(['3 unknown_group'])
    const stranger = (await other.member('reviewer')).actor.email
    expect(await told(admin, `reviewers: [finance, ${stranger}]`)).toEqual(['3 unknown_member'])
    const two = 'reviewers: {from: finance, approvals: 2}'
    expect(await told(admin, two)).toEqual(['3 unreachable_requirement'])
    await expect(told(admin, two, true)).rejects.toMatchObject({
      code: 'invalid_policy',
      errors: [{ line: 3 }],
    })
    expect(await auditOf(db, test.project.id, 'agent.deploy_refused')).toHaveLength(1)
  })

  it('count without who deploys the file or made the key, where those may not decide', async () => {
    const admin = await test.member('admin')
    await groupOf('bosses', admin.actor.id)
    const lines = 'reviewers: bosses\n  exclude: deployer'
    expect(await told(admin, lines)).toEqual(['3 unreachable_requirement'])
    expect(await told(await test.member('admin'), `${lines}\n  reason: required`)).toEqual([])
    expect(await told(test.agent, `${lines}\n  reason: on_reject`)).toContain('1 loosens_policy')
    await db.update(keys).set({ createdBy: admin.actor.id }).where(eq(keys.id, test.agent.actor.id))
    expect(await told(test.agent, lines)).toContain('3 unreachable_requirement')
  })

  it('who own the agent are kept with it', async () => {
    const ownersOf = async () =>
      (await db.select({ owners: agents.owners }).from(agents).where(eq(agents.name, 'who'))).map(
        (row) => row.owners,
      )
    await groupOf('team', (await test.member('reviewer')).actor.id)
    await told(await test.member('admin'), 'owners: team')
    expect(await ownersOf()).toContainEqual(['team'])
    await told(await test.member('admin'), 'timeout: 60')
    expect(await ownersOf()).not.toContainEqual(['team'])
  })
})
