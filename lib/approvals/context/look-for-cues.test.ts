import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { keepCues } from '@/db/queries/approval-cues'
import { approvals } from '@/db/schema/approvals'
import { approvalCues } from '@/db/schema/cues'
import { toolCalls } from '@/db/schema/runs'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { countApprovalsVerb } from '../count'
import { readDigestsVerb } from '../digests'
import { readApprovalsVerb } from '../read'
import { readContext } from './read'
import type { CueFilter } from './cue-filter'
import { lookForCues } from './look-for-cues'

let db: Database
let close: () => Promise<void>
let test: TestProject
let ann: Awaited<ReturnType<TestProject['member']>>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  test = await makeTestProject(db)
  ann = await test.member('reviewer')
})

const ask = (id: string, params: Record<string, unknown>) =>
  test.ask({ tool: 'gated', tool_call_id: id, params })
const idsWith = async (cue: CueFilter) =>
  (await readApprovalsVerb(ann, { limit: 50, sort: 'oldest', cue })).items.map(({ id }) => id)
const rows = () => db.select().from(approvalCues)

it('narrows lists, counts and sets by what was looked at, and says how much was not', async () => {
  const hidden = await ask('h', { to: 'ana\u202egro.example' })
  const both = await ask('b', { sql: 'delete from users', to: 'b\u200bb' })
  const plain = await ask('p', { order_id: 'ORD-1' })
  // nothing is looked at by itself
  expect([await idsWith('any'), await idsWith('none')]).toEqual([[], []])
  expect((await countApprovalsVerb(ann, { cue: 'any' })).unlooked).toBe(3)
  expect(await countApprovalsVerb(ann, {})).not.toHaveProperty('unlooked')

  expect(await lookForCues(ann)).toEqual({ looked: 3, left: 0 })
  expect(await idsWith('hidden_characters')).toEqual([hidden.id, both.id])
  expect(await idsWith('all_rows')).toEqual([both.id])
  expect(await idsWith('any')).toEqual([hidden.id, both.id])
  expect(await idsWith('none')).toEqual([plain.id])
  const counted = await countApprovalsVerb(ann, { cue: 'hidden_characters', group: 'tool' })
  expect(counted).toMatchObject({ pending: 3, matching: 2, unlooked: 0, groups: [{ count: 2 }] })
  expect((await readDigestsVerb(ann, { cue: 'none' })).items.map(({ id }) => id)).toEqual([plain.id])
  // the same as the request's own page says
  expect((await readContext(ann, both.id)).cues.map(({ kind }) => kind)).toEqual(
    (await rows()).find(({ approvalId }) => approvalId === both.id)!.kinds,
  )
  expect(await lookForCues(ann)).toEqual({ looked: 0, left: 0 })
})

it('looks again at what was edited, and not again at what could not be read', async () => {
  const asked = await ask('e', { to: 'x' })
  const unread = await ask('u', { to: 'y' })
  await keepCues(db, [
    { id: asked.id, editedDigest: null, kinds: [] },
    { id: unread.id, editedDigest: null, kinds: null },
    { id: 'apr_gone', editedDigest: null, kinds: ['highest'] },
  ])
  expect((await rows()).length).toBeGreaterThanOrEqual(2)
  expect([await idsWith('none'), await idsWith('any')]).toEqual([[asked.id], []])
  expect((await countApprovalsVerb(ann, { cue: 'any' })).unlooked).toBe(0)
  await db
    .update(approvals)
    .set({ editedParams: '{"to":"x\u200b"}', editedDigest: 'sha256:other' })
    .where(eq(approvals.id, asked.id))
  expect([await idsWith('none'), (await countApprovalsVerb(ann, { cue: 'any' })).unlooked]).toEqual([[], 1])
  expect(await lookForCues(ann)).toEqual({ looked: 1, left: 0 })
  expect(await idsWith('hidden_characters')).toEqual([asked.id])
  const [row] = await db.select().from(approvals).where(eq(approvals.id, asked.id))
  await db.delete(toolCalls).where(eq(toolCalls.id, row!.callId))
  expect((await rows()).filter(({ approvalId }) => approvalId === asked.id)).toEqual([])
})

it('is bounded, in turn, by twenty at once, and of one project', async () => {
  await Promise.all(Array.from({ length: 60 }, (_, at) => ask(`m${at}`, { at: String(at) })))
  const other = await makeTestProject(db)
  const stranger = await other.member('viewer')
  await other.ask()
  const first = await lookForCues(ann)
  expect(first.looked).toBeLessThanOrEqual(50)
  expect(first.looked + first.left).toBe(60)
  const tried = await Promise.allSettled(Array.from({ length: 20 }, () => lookForCues(ann)))
  for (const one of tried)
    if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'too_many_searches' })
  for (let left = Infinity; left > 0;) left = (await lookForCues(ann)).left
  const [none, any] = await Promise.all([
    countApprovalsVerb(ann, { cue: 'none' }),
    countApprovalsVerb(ann, { cue: 'any' }),
  ])
  expect(none.matching + any.matching).toBe(60)
  expect((await countApprovalsVerb(stranger, { cue: 'any' })).unlooked).toBe(1)
  await expect(lookForCues(test.agent)).rejects.toMatchObject({ code: 'forbidden' })
})
