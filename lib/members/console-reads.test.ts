import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { matchName } from '@/lib/audit/match-name'
import { readAuditNames, readSealedTo } from '@/lib/audit/names'
import { sealAudit } from '@/lib/audit/seal'
import { createKey } from '@/lib/keys/create-key'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { readWebhookHealth } from '@/lib/webhooks/health'
import { readLastActive } from './last-active'
import { removeMember } from './remove'

let opened: Awaited<ReturnType<typeof openTestDatabase>>
let test: TestProject
let other: TestProject

beforeAll(async () => {
  opened = await openTestDatabase()
  test = await makeTestProject(opened.db)
  other = await makeTestProject(opened.db)
})
afterAll(() => opened.close())

it('names in the audit log are those of the project, also of who has left', async () => {
  const owner = await test.member('owner')
  const gone = await test.member('admin', 'gone@example.com')
  await test.member('viewer', 'silent@example.com')
  await createKey(gone, { name: 'Made by gone' })
  await removeMember(owner, { id: gone.actor.id })
  const stranger = await other.member('owner', 'stranger@example.com')
  await createKey(stranger, { name: 'Elsewhere' })

  const names = await readAuditNames(owner)
  expect(new Set(names.map(({ id }) => id)).size).toBe(names.length)
  const idOf = (text: string) => matchName(names, text)
  expect(idOf('gone@example.com')).toMatchObject({ is: 'one', id: gone.actor.id })
  expect(idOf('made by gone')).toMatchObject({ is: 'one' })
  expect(idOf('silent@example.com')).toMatchObject({ is: 'one' })
  expect(idOf('tester')).toMatchObject({ is: 'one', name: 'tester' })
  for (const unknown of ['stranger@example.com', 'Elsewhere', stranger.actor.id.slice(0, 8)])
    expect(idOf(unknown).is).toBe('none')
  await expect(readAuditNames(await test.member('reviewer'))).rejects.toMatchObject({ code: 'forbidden' })

  const active = await readLastActive(owner, [owner.actor.id, gone.actor.id, stranger.actor.id])
  expect(Object.keys(active).sort()).toEqual([owner.actor.id, gone.actor.id].sort())
  expect(await readLastActive(await test.member('admin'), [owner.actor.id])).toEqual({})

  expect(await readSealedTo(owner)).toBeNull()
  await sealAudit(opened.db)
  expect(await readSealedTo(owner)).toMatchObject({ hash: expect.stringMatching(/^[0-9a-f]{64}$/) })
})

it('a webhook’s health counts the hours of a day, and says the last failure until one succeeds', async () => {
  const admin = await test.member('admin')
  const projectId = test.project.id
  const { db } = opened
  await db.execute(sql`insert into webhooks (id, project_id, name, format, url, secret, events)
    values ('whk_1', ${projectId}, 'A', 'standard', 'https://example.com/a', 'x', '{}')`)
  const deliver = async (id: string, status: string, age: string, error: string | null) => {
    await db.execute(sql`insert into deliveries (id, project_id, webhook_id, message_id, type, status, created_at, settled_at)
      values (${id}, ${projectId}, 'whk_1', ${id}, 'webhook.test', ${status}::delivery_status,
        now() - ${age}::interval, ${status === 'pending' ? null : sql`now()`})`)
    await db.execute(sql`insert into delivery_attempts (delivery_id, status_code, error, duration_ms)
      values (${id}, ${error === null ? 200 : null}, ${error}, 5)`)
  }
  await deliver('dlv_1', 'delivered', '30 hours', null)
  await deliver('dlv_2', 'delivered', '2 hours 10 minutes', null)
  await deliver('dlv_3', 'failed', '2 hours 5 minutes', 'timed out')
  await deliver('dlv_4', 'pending', '1 minute', 'no route')
  const health = async () => (await readWebhookHealth(admin, ['whk_1', 'whk_none'])).whk_1!
  const { hours, failure } = await health()
  expect(hours).toHaveLength(24)
  expect([hours[21], hours[23]]).toEqual([
    { delivered: 1, failed: 1 },
    { delivered: 0, failed: 1 },
  ])
  expect(hours.reduce((sum, { delivered, failed }) => sum + delivered + failed, 0)).toBe(3)
  expect(failure).toMatchObject({ words: 'no route', next_attempt_at: null })
  await deliver('dlv_5', 'delivered', '1 second', null)
  expect((await health()).failure).toBeNull()
  await expect(readWebhookHealth(await test.member('reviewer'), [])).rejects.toMatchObject({
    code: 'forbidden',
  })
})
