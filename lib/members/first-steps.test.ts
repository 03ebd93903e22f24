import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '@/db/client'
import { webhooks } from '@/db/schema/notices'
import { archiveProject } from '@/lib/archive/archive'
import { decideApproval } from '@/lib/approvals/decide'
import { createKey } from '@/lib/keys/create-key'
import { openTestDatabase } from '@/lib/testing/open-database'
import { contextOf, joinProject, operator } from '@/lib/testing/person'
import { makeTestProject } from '@/lib/testing/project'
import { createProject } from './create-project'
import { readFirstSteps, sampleMaker } from './first-steps'

let db: Database
let close: () => Promise<void>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())

const nothing = { key: false, agent: false, request: false, decision: false, member: false, webhook: false }

test('each step is done by what happened in this project, and in no other', async () => {
  const other = await makeTestProject(db)
  await other.ask()
  const project = await createProject(db, { name: 'New' }, operator)
  const owner = await joinProject(db, project, 'owner', 'owner')
  expect(await readFirstSteps(owner)).toEqual(nothing)
  await createKey(contextOf(db, project, { ...operator, id: sampleMaker }), { name: 'Sample agents' })
  expect(await readFirstSteps(owner)).toEqual(nothing)
  await createKey(contextOf(db, project, owner.actor), { name: 'Production' })
  expect(await readFirstSteps(owner)).toEqual({ ...nothing, key: true })
  const admin = await joinProject(db, project, 'admin', 'admin')
  await db.insert(webhooks).values({
    id: 'whk_first',
    projectId: project.id,
    name: 'Chat',
    format: 'standard',
    url: 'https://example.com',
    events: [],
    secret: 'sealed',
  })
  expect(await readFirstSteps(admin)).toEqual({ ...nothing, key: true, member: true, webhook: true })
})

test('a request ticks before its decision does, and only who may take the steps is told of them', async () => {
  const { ask, member, system } = await makeTestProject(db)
  const owner = await joinProject(db, system.project, 'owner', 'owner')
  const { id } = await ask()
  expect(await readFirstSteps(owner)).toEqual({ ...nothing, key: true, agent: true, request: true })
  await decideApproval(owner, { id, decision: 'reject' })
  expect(await readFirstSteps(owner)).toMatchObject({ decision: true, member: false })
  for (const role of ['reviewer', 'viewer'] as const)
    expect(await readFirstSteps(await member(role))).toBeNull()
  await archiveProject(owner, { confirm: system.project.slug })
  expect(await readFirstSteps(owner)).toBeNull()
})
