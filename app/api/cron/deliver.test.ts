import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startRest, type Rest } from '@/lib/testing/rest'

let rest: Rest

beforeAll(async () => {
  rest = await startRest({}, undefined, { withBackground: false })
})
afterAll(() => rest.close())

it('delivers although the heads of the audit logs cannot be published', async () => {
  await rest.db.execute(sql`alter table audit_heads rename to audit_heads_away`)
  const answer = await rest.call('POST', '/api/cron/deliver', { token: 'cron-secret-for-tests' })
  await rest.db.execute(sql`alter table audit_heads_away rename to audit_heads`)
  expect([answer.status, answer.body]).toEqual([
    200,
    { dispatched: 0, sealed: expect.any(Number), jobs: { done: 0, failed: 0 }, pruned: 0 },
  ])
})
