import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { approvals } from '@/db/schema/approvals'
import { auditEntries } from '@/db/schema/audit'
import { toolCalls } from '@/db/schema/runs'
import { snoozes } from '@/db/schema/snoozes'
import { removeMember } from '@/lib/members/remove'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { countApprovalsVerb } from './count'
import { decideApproval } from './decide'
import { readDigestsVerb } from './digests'
import { readApprovalsVerb } from './read'
import { readSnoozes, snoozeVerb, unsnoozeVerb } from './snooze'
import { latestEnd } from './snooze-end'

let db: Database
let close: () => Promise<void>
let test: TestProject
let ann: Awaited<ReturnType<TestProject['member']>>
let ben: Awaited<ReturnType<TestProject['member']>>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  test = await makeTestProject(db)
  ;[ann, ben] = [await test.member('reviewer'), await test.member('viewer')]
})

const refused = (code: string) => expect.objectContaining({ code }) as Error
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString()
const minutesTo = (at: string) => Math.round((Date.parse(at) - Date.now()) / 60_000)
const ids = async (who: typeof ann, snoozed?: 'true' | 'false') =>
  (await readApprovalsVerb(who, { limit: 50, snoozed })).items.map(({ id }) => id)
const rows = () => db.select().from(snoozes).where(eq(snoozes.projectId, test.project.id))

it('is left out of one’s own lists and counts until it ends, and of nobody else’s', async () => {
  const [one, two] = [await test.ask({ tool_call_id: 'a' }), await test.ask({ tool_call_id: 'b' })]
  const { until } = await snoozeVerb(ann, { id: one.id, until: inMinutes(15) })
  expect(minutesTo(until)).toBe(15)
  expect([await ids(ann, 'false'), await ids(ann, 'true')]).toEqual([[two.id], [one.id]])
  expect((await ids(ann)).toSorted()).toEqual([one.id, two.id].toSorted())
  expect((await ids(ben, 'false')).length).toBe(2)
  expect(await countApprovalsVerb(ann, {})).toEqual({ pending: 2, snoozed: 1, matching: 2 })
  expect(await countApprovalsVerb(ben, {})).toEqual({ pending: 2, snoozed: 0, matching: 2 })
  expect(await countApprovalsVerb(test.agent, {})).toEqual({ pending: 2, matching: 2 })
  const counted = await countApprovalsVerb(ann, { snoozed: 'false', mine: 'true', group: 'tool' })
  expect(counted).toMatchObject({ pending: 2, snoozed: 1, matching: 1, groups: [{ count: 1 }] })
  expect((await readDigestsVerb(ann, { snoozed: 'false' })).items.map(({ id }) => id)).toEqual([two.id])
  expect((await readSnoozes(ann)).items).toEqual([{ approval_id: one.id, until }])
  expect((await readSnoozes(ben)).items).toEqual([])

  await db.update(snoozes).set({ endsAt: sql`clock_timestamp() - interval '1 second'` })
  expect((await ids(ann, 'false')).length).toBe(2)
  expect(await countApprovalsVerb(ann, {})).toMatchObject({ snoozed: 0 })
  expect((await readSnoozes(ann)).items).toEqual([])
  await snoozeVerb(ann, { id: two.id, until: inMinutes(5) })
  expect((await rows()).map(({ approvalId }) => approvalId)).toEqual([two.id])
})

it('comes back while a fifth of its time, and five minutes, are left', async () => {
  const asked = await test.ask()
  const { until } = await snoozeVerb(ann, { id: asked.id, until: inMinutes(600) })
  expect(minutesTo(until)).toBe(48)
  const [at, hour] = [Date.parse('2026-01-01T00:00:00Z'), 3_600_000]
  expect(latestEnd(at, at + hour / 6)).toBe(at + hour / 12)
  expect(latestEnd(at, at + 10 * hour)).toBe(at + 8 * hour)
  const short = await test.ask({ tool: 'short', tool_call_id: 's' })
  const late = snoozeVerb(ann, { id: short.id, until: inMinutes(1) })
  await expect(late).rejects.toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/until' }] })
  const past = snoozeVerb(ann, { id: asked.id, until: inMinutes(-1) })
  await expect(past).rejects.toMatchObject({ code: 'invalid_input', errors: [{ pointer: '/until' }] })
  expect(await rows()).toHaveLength(1)
})

it('is put off anew and taken back, once and twice, by twenty at once, and is not on record', async () => {
  const asked = await test.ask()
  const entries = () => db.$count(auditEntries, eq(auditEntries.projectId, test.project.id))
  const before = await entries()
  await Promise.all(
    Array.from({ length: 20 }, (_, at) => snoozeVerb(ann, { id: asked.id, until: inMinutes(10 + at) })),
  )
  expect(await rows()).toHaveLength(1)
  await snoozeVerb(ann, { id: asked.id, until: inMinutes(30) })
  expect(minutesTo((await readSnoozes(ann)).items[0]!.until)).toBe(30)
  await unsnoozeVerb(ben, { id: asked.id })
  expect(await rows()).toHaveLength(1)
  await unsnoozeVerb(ann, { id: asked.id })
  await unsnoozeVerb(ann, { id: asked.id })
  expect(await rows()).toEqual([])
  expect(await entries()).toBe(before)
})

it('is of members and of what waits in their project, and goes with both', async () => {
  const asked = await test.ask()
  const until = inMinutes(15)
  for (const trying of [
    () => snoozeVerb(test.agent, { id: asked.id, until }),
    () => readSnoozes(test.agent),
    () => readApprovalsVerb(test.agent, { limit: 1, snoozed: 'true' }),
    () => countApprovalsVerb(test.agent, { snoozed: 'false' }),
  ])
    await expect(trying()).rejects.toEqual(refused('forbidden'))
  const stranger = await (await makeTestProject(db)).member('owner')
  await expect(snoozeVerb(stranger, { id: asked.id, until })).rejects.toEqual(refused('not_found'))
  await expect(snoozeVerb(ann, { id: 'apr_1', until })).rejects.toEqual(refused('invalid_id'))

  await snoozeVerb(ann, { id: asked.id, until })
  await snoozeVerb(ben, { id: asked.id, until })
  await decideApproval(ann, { id: asked.id, decision: 'approve' })
  await expect(snoozeVerb(ann, { id: asked.id, until })).rejects.toEqual(refused('conflict'))
  expect([await ids(ann, 'true'), (await countApprovalsVerb(ann, {})).snoozed]).toEqual([[], 0])
  expect((await readSnoozes(ann)).items).toEqual([])
  await removeMember(await test.member('owner'), { id: ben.actor.id })
  expect((await rows()).map(({ userId }) => userId)).toEqual([ann.actor.id])
  const [row] = await db.select().from(approvals).where(eq(approvals.id, asked.id))
  await db.delete(toolCalls).where(eq(toolCalls.id, row!.callId))
  expect(await rows()).toEqual([])
})
