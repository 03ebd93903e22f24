import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { setNoticePreferences } from '@/lib/notices/preferences'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'
import { startReceiver, until, type Receiver } from '@/lib/testing/webhook-receiver'

let rest: Rest

beforeAll(async () => {
  rest = await startRest({ OUTBOUND_ALLOW: '127.0.0.0/8' })
})
afterAll(() => rest.close())

type Side = { test: TestProject; receiver: Receiver; asked: Map<string, number> }

async function makeSide(): Promise<Side> {
  const [test, receiver] = [await makeTestProject(rest.db), await startReceiver()]
  const admin = await test.member('admin')
  // Loading what renders mails takes a test seconds.
  await setNoticePreferences(admin, { email: false, in_app: true, agents: [], tools: [], muted_until: null })
  const { token } = admin
  const body = { name: 'Ops', format: 'standard', url: receiver.url, events: ['approval.requested'] }
  expect((await rest.call('POST', '/api/webhooks', { token, body })).status).toBe(201)
  return { test, receiver, asked: new Map() }
}

async function ask({ test, asked }: Side, params: object) {
  const body = { agent: 'tester', tool: 'gated', params }
  const answer = await rest.call('POST', '/api/approvals', { token: test.agent.token, body })
  expect(answer.status).toBe(201)
  asked.set(String(answer.body.id), Date.now())
}

/** From the answer to the webhook, of each ask, in milliseconds. */
const lagsOf = ({ receiver, asked }: Side) =>
  receiver.received.map(({ json, at }) => at - (asked.get(String((json.data as { id: string }).id)) ?? 0))

it('large asks of one project, slow to make searchable, hold up nobody’s notices, for good or for a while', async () => {
  const [large, small] = [await makeSide(), await makeSide()]
  // As the index of texts takes with long random ones; all of these together are more than a statement has.
  await rest.db.execute(
    sql.raw(`
    create function fault() returns trigger language plpgsql as $$ begin
      if length(new.text) > 60000 then perform pg_sleep(0.4); end if; return new; end $$;
    create trigger fault before insert on approval_search for each row execute function fault()`),
  )
  for (let i = 0; i < 24; i++) {
    await ask(large, { i, text: ['x', 'y', 'z'].map((one) => one.repeat(65_000)) })
    if (i % 4 === 0) await ask(small, { i })
  }
  await until(() => small.receiver.received.length === small.asked.size)
  await until(() => large.receiver.received.length === large.asked.size, 25_000)
  expect(Math.max(...lagsOf(small))).toBeLessThan(5000)
  expect((await rest.call('GET', '/api/health/ready')).status).toBe(200)
  await until(
    async () => (await rest.db.execute(sql`select from approval_search_queue limit 1`)).length === 0,
    60_000,
  )
  const [row] = await rest.db.execute<{ searched: number; aside: number }>(sql`
    select (select count(*) from approval_search)::int as searched, (select count(*) from set_aside)::int as aside`)
  expect(row).toEqual({ searched: large.asked.size + small.asked.size, aside: 0 })
  for (const { receiver } of [large, small]) await receiver.close()
}, 120_000)
