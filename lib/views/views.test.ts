import { and, eq, like } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { auditEntries } from '@/db/schema/audit'
import { viewDefaults, views } from '@/db/schema/views'
import { removeMember } from '@/lib/members/remove'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { createView, deleteView, updateView } from './change'
import { readViews } from './read'
import { CreateViewInput } from './schemas'

let db: Database
let close: () => Promise<void>
let test: TestProject
let [admin, ann, ben] = [] as unknown as Awaited<ReturnType<TestProject['member']>>[]

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  test = await makeTestProject(db)
  ;[admin, ann, ben] = [
    await test.member('admin'),
    await test.member('reviewer'),
    await test.member('viewer'),
  ]
})

const refused = (code: string) => expect.objectContaining({ code }) as Error
const own = (name: string, more: object = {}) =>
  CreateViewInput.parse({ name, filter: { tool: 'pay.*', sort: 'largest' }, ...more })
const ours = (name: string, more: object = {}) => own(name, { scope: 'project', ...more })
const namesOf = async (who: typeof ann) =>
  (await readViews(who!)).items.map(({ name, is_default: isDefault }) => (isDefault ? `${name}!` : name))
const entries = async () =>
  (
    await db
      .select({ action: auditEntries.action, detail: auditEntries.detail, label: auditEntries.targetLabel })
      .from(auditEntries)
      .where(and(eq(auditEntries.projectId, test.project.id), like(auditEntries.action, 'view.%')))
      .orderBy(auditEntries.ordinal)
  ).map(({ detail, ...entry }) => ({ ...entry, detail: JSON.parse(detail ?? '{}') as object }))

it('one’s own are seen, changed and deleted by nobody else, and not on record', async () => {
  const made = await createView(ann!, own('Large'))
  expect(made).toMatchObject({
    name: 'Large',
    scope: 'personal',
    filter: { tool: 'pay.*', sort: 'largest' },
    is_default: false,
  })
  expect([await namesOf(ann), await namesOf(admin)]).toEqual([['Large'], []])
  const { id } = made
  for (const trying of [
    () => updateView(admin!, { id, name: 'Mine' }),
    () => updateView(admin!, { id, is_default: true }),
    () => deleteView(admin!, { id }),
  ])
    await expect(trying()).rejects.toEqual(refused('not_found'))
  await createView(ben!, own('Large'))
  await expect(createView(ann!, own('Large'))).rejects.toMatchObject({ errors: [{ pointer: '/name' }] })
  await updateView(ann!, { id, name: 'Small', filter: { due: '600' } })
  expect((await readViews(ann!)).items).toMatchObject([{ name: 'Small', filter: { due: '600' } }])
  await deleteView(ann!, { id })
  expect(await namesOf(ann)).toEqual([])
  expect(await entries()).toEqual([])
})

it('the project’s are made by admins, on record, and seen by all', async () => {
  await expect(createView(ann!, ours('Team'))).rejects.toEqual(refused('forbidden'))
  // also true for who never had the right
  await expect(createView(ann!, ours('Team'))).rejects.toThrow('This needs a member with the role admin.')
  const { id } = await createView(admin!, ours('Team'))
  expect(await namesOf(ben)).toEqual(['Team'])
  await expect(updateView(ann!, { id, name: 'Mine' })).rejects.toEqual(refused('forbidden'))
  await expect(deleteView(ann!, { id })).rejects.toEqual(refused('forbidden'))
  await updateView(admin!, { id, name: 'Everybody' })
  await updateView(admin!, { id, name: 'Everybody' })
  await deleteView(admin!, { id })
  expect(await entries()).toMatchObject([
    { action: 'view.created', label: 'Team', detail: { filter: { tool: 'pay.*' } } },
    { action: 'view.updated', label: 'Everybody', detail: { former: { name: 'Team' } } },
    { action: 'view.deleted', label: 'Everybody' },
  ])
})

it('one of them begins somebody’s queue, for them alone', async () => {
  const team = await createView(admin!, ours('Team'))
  const { id } = await createView(ann!, own('Large', { is_default: true }))
  expect(await namesOf(ann)).toEqual(['Large!', 'Team'])
  await updateView(ann!, { id: team.id, is_default: true })
  expect([await namesOf(ann), await namesOf(ben)]).toEqual([['Large', 'Team!'], ['Team']])
  await updateView(ann!, { id, is_default: false })
  expect(await namesOf(ann)).toEqual(['Large', 'Team!'])
  await updateView(ann!, { id: team.id, is_default: false })
  expect(await namesOf(ann)).toEqual(['Large', 'Team'])
  await updateView(ben!, { id: team.id, is_default: true })
  await deleteView(admin!, { id: team.id })
  expect(await db.select().from(viewDefaults).where(eq(viewDefaults.projectId, test.project.id))).toEqual([])
})

it('are of one project, of members, within limits, and go with whoever leaves', async () => {
  const theirs = await (await makeTestProject(db)).member('owner')
  const { id } = await createView(theirs, ours('Theirs'))
  for (const trying of [() => updateView(admin!, { id, is_default: true }), () => deleteView(admin!, { id })])
    await expect(trying()).rejects.toEqual(refused('not_found'))
  await expect(readViews(test.agent)).rejects.toEqual(refused('forbidden'))
  await expect(createView(test.agent, own('Agent'))).rejects.toEqual(refused('forbidden'))
  const tried = await Promise.allSettled(
    Array.from({ length: 25 }, (_, at) => createView(ann!, own(`View ${at % 23}`))),
  )
  expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
  for (const one of tried) if (one.status === 'rejected') expect(one.reason).toEqual(refused('conflict'))
  await removeMember(await test.member('owner'), { id: ann!.actor.id })
  expect(await db.select().from(views).where(eq(views.projectId, test.project.id))).toEqual([])
})

it.each([
  ['an unknown filter', { filter: { tools: 'x' } }],
  ['a deadline that no page shows', { filter: { due: '60' } }],
  ['no name', { name: ' ' }],
  ['a long name', { name: 'x'.repeat(61) }],
  ['another scope', { scope: 'team' }],
])('takes no input with %s', (_, more) => {
  expect(CreateViewInput.safeParse({ name: 'A', filter: {}, ...more }).success).toBe(false)
})

it('counts a name in characters', () => {
  expect(CreateViewInput.safeParse({ name: '😀'.repeat(60), filter: {} }).success).toBe(true)
  expect(CreateViewInput.safeParse({ name: '😀'.repeat(61), filter: {} }).success).toBe(false)
})
