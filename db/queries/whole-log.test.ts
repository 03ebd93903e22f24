import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { recordAudit } from '@/lib/audit/record'
import { sealAudit } from '@/lib/audit/seal'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { listAuditEntries, type AuditFilter } from './audit'
import { listAuditNames } from './audit-names'
import { listLastActive } from './last-active'

let db: Database
let close: () => Promise<void>
let test: TestProject
let reviewer: Awaited<ReturnType<TestProject['member']>>
beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
  test = await makeTestProject(db)
  reviewer = await test.member('reviewer')
  const other = await makeTestProject(db)
  const record = (action: 'approval.approved' | 'approval.rejected', id: string) =>
    recordAudit(db, reviewer, { action, target: { type: 'approval', id, label: 'gated' }, detail: {} })
  for (let n = 0; n < 4; n++) await record(n % 2 ? 'approval.approved' : 'approval.rejected', `apr_${n % 3}`)
  await recordAudit(db, other.system, {
    action: 'approval.approved',
    target: { type: 'approval', id: 'apr_1', label: 'gated' },
    detail: {},
  })
  await sealAudit(db)
  for (let n = 4; n < 7; n++) await record(n % 2 ? 'approval.approved' : 'approval.rejected', `apr_${n % 3}`)
})
afterAll(() => close())

const conditions: [string, Partial<AuditFilter>, string][] = [
  ['nothing', {}, 'true'],
  ['an action', { actions: ['approval.approved'] }, `action = 'approval.approved'`],
  [
    'two actions',
    { actions: ['approval.approved', 'approval.rejected'] },
    `action in ('approval.approved', 'approval.rejected')`,
  ],
  ['a target', { target: 'apr_1' }, `target_id = 'apr_1'`],
]

it.each(conditions)(
  'a log of which the last entries are not sealed is read whole by %s, in order, over pages',
  async (_, filter, condition) => {
    const expected = await db.execute<{ id: string; seq: number | null }>(sql`
      select id, seq from audit_entries where project_id = ${test.project.id} and ${sql.raw(condition)}
      order by at desc, ordinal desc`)
    expect(expected.filter(({ seq }) => seq === null).length).toBeGreaterThan(0)
    expect(expected.filter(({ seq }) => seq !== null).length).toBeGreaterThan(0)
    const ids: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await listAuditEntries(db, test.project.id, {
        ...filter,
        limit: 2,
        ...(cursor && { cursor }),
      })
      ids.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor
    }
    expect(ids).toEqual(expected.map(({ id }) => id))
  },
)

it('who acted last, and under what name, is known before it is sealed', async () => {
  const { id } = reviewer.actor
  const before = (await listLastActive(db, test.project.id, [id])).get(id)
  const actor = { ...test.system.actor, id: 'somebody', label: 'Earlier' }
  const entry = {
    action: 'approval.approved',
    target: { type: 'approval', id: 'apr_1', label: 'gated' },
    detail: {},
  } as const
  await recordAudit(db, { ...test.system, actor }, entry)
  await sealAudit(db)
  await recordAudit(db, { ...test.system, actor: { ...actor, label: 'Later' } }, entry)
  await recordAudit(db, reviewer, entry)
  const names = await listAuditNames(db, test.project.id, 100)
  expect(names.filter((one) => one.id === 'somebody').map(({ name }) => name)).toEqual(['Later'])
  const after = (await listLastActive(db, test.project.id, [id])).get(id)
  expect(after?.getTime()).toBeGreaterThan(before?.getTime() ?? Infinity)
})
