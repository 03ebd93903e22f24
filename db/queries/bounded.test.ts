import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { createTestDatabase } from '@/lib/testing/database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { listAgents } from './agents'
import { listApprovals } from './approval-list'
import { listAuditEntries } from './audit'
import { listRuns } from './runs'
import { listTrace } from './trace'
import { listDeliveries } from './webhooks'

let db: Database
let test: TestProject
let runId: string
let said: string[]
let close: () => Promise<void>

beforeAll(async () => {
  const { url, drop } = await createTestDatabase()
  const client = postgres(url, { max: 1, onnotice: () => undefined })
  said = []
  db = drizzle(client, { logger: { logQuery: (text) => void said.push(text) } })
  close = () => client.end().then(drop)
  test = await makeTestProject(db)
  ;({ run_id: runId } = await test.ask())
  await fill()
})
afterAll(() => close())

/** What a list's statements say of the columns that hold long texts, their lengths apart. */
async function read(list: () => Promise<unknown>, column: RegExp): Promise<boolean> {
  said = []
  await list()
  const text = said.join('\n').replace(/octet_length\([^)]*\)/g, '')
  return column.test(text)
}

const page = { limit: 10 }
const lists: [string, RegExp, () => Promise<unknown>, () => Promise<unknown>][] = [
  [
    'files of agents',
    /"config"/,
    () => listAgents(db, 'p', { ...page, texts: { config: true, policy: true } }),
    () => listAgents(db, 'p', { ...page, texts: { config: false, policy: false } }),
  ],
  [
    'policies of agents',
    /"policy"/,
    () => listAgents(db, 'p', { ...page, texts: { config: true, policy: true } }),
    () => listAgents(db, 'p', { ...page, texts: { config: true, policy: false } }),
  ],
  [
    'outputs of runs',
    /"output"/,
    () => listRuns(db, 'p', page),
    () => listRuns(db, 'p', page, new Set(['input', 'error'])),
  ],
  [
    'details of the audit log',
    /"detail"/,
    () => listAuditEntries(db, 'p', page),
    () => listAuditEntries(db, 'p', page, false),
  ],
  [
    'attempts of deliveries',
    /"response"/,
    () => listDeliveries(db, test.project.id, 'whk_1', page),
    () => listDeliveries(db, test.project.id, 'whk_1', page, false),
  ],
  [
    'params of approvals',
    /"params"/,
    () => listApprovals(db, test.project.id, page),
    () => listApprovals(db, test.project.id, page, { params: 'none', context: true }),
  ],
  [
    'contexts of approvals',
    /"context"/,
    () => listApprovals(db, test.project.id, page),
    () => listApprovals(db, test.project.id, page, { params: 'whole', context: false }),
  ],
  [
    'params of a trace',
    /"params"/,
    () => listTrace(db, { projectId: test.project.id, runId }, new Set(['params', 'output'])),
    () => listTrace(db, { projectId: test.project.id, runId }, new Set(['output'])),
  ],
  [
    'outputs of a trace',
    /"output"/,
    () => listTrace(db, { projectId: test.project.id, runId }, new Set(['params', 'output'])),
    () => listTrace(db, { projectId: test.project.id, runId }, new Set(['params'])),
  ],
]

it.each(lists)(
  '%s are in no statement of a list that leaves them out',
  async (_name, column, whole, part) => {
    expect(await read(whole, column)).toBe(true)
    expect(await read(part, column)).toBe(false)
  },
)

/** Rows with 200,000 characters each, so that about twenty fill a page. */
const [count, length] = [60, 200_000]

async function fill(): Promise<void> {
  const { id: projectId } = test.project
  await db.execute(sql`
    insert into runs (id, project_id, agent_id, agent_name, policy_version, status, input, started_at)
    select 'run_' || n, ${projectId}, 'a', 'long', 1, 'running', repeat('x', ${length / 2}), now() - (n / 7) * interval '1 second'
    from generate_series(1, ${count}::int) n`)
  await db.execute(
    sql`update runs set output = input where project_id = ${projectId} and agent_name = 'long'`,
  )
  await db.execute(sql`
    insert into audit_entries (id, project_id, at, action, actor_type, actor_id, actor_label, via, target_type, target_id, target_label, detail)
    select 'aud_' || n, ${projectId}, now() - (n / 7) * interval '1 second', 'agent.deployed', 'user', 'long', 'l', 'api', 'agent', 'a', 'a',
      json_build_object('text', repeat('x', ${length}))::text
    from generate_series(1, ${count}::int) n`)
  await db.execute(sql`
    insert into webhooks (id, project_id, name, format, url, secret, events)
    values ('whk_1', ${projectId}, 'w', 'standard', 'https://example.com', 's', '{}')`)
  await db.execute(sql`
    insert into deliveries (id, project_id, webhook_id, message_id, type, status, created_at)
    select 'dlv_' || n, ${projectId}, 'whk_1', 'm', 'webhook.test', 'failed', now() - (n / 7) * interval '1 second'
    from generate_series(1, ${count}::int) n`)
  await db.execute(sql`
    insert into delivery_attempts (delivery_id, duration_ms, response)
    select 'dlv_' || n, 1, repeat('x', 1000)
    from generate_series(1, ${count}::int) n, generate_series(1, ${length}::int / 1200)`)
}

type Paged = (page: { limit: number; cursor?: string }) => Promise<{
  items: { id: string }[]
  nextCursor: string | null
}>
const paged: [string, string, Paged][] = [
  ['runs', 'runs', (page) => listRuns(db, test.project.id, { ...page, agent: 'long' })],
  [
    'the audit log',
    'audit_entries',
    (page) => listAuditEntries(db, test.project.id, { ...page, actor: 'long' }),
  ],
  ['deliveries', 'deliveries', (page) => listDeliveries(db, test.project.id, 'whk_1', page)],
]

describe('a list of long texts', () => {
  it.each(paged)('of %s gives each once and in order, about twenty a page', async (_name, table, list) => {
    const time = { runs: 'started_at', audit_entries: 'at', deliveries: 'created_at' }[table] ?? ''
    const last = table === 'audit_entries' ? 'ordinal' : 'id'
    const rows = await db.execute<{ id: string }>(sql`
      select id from ${sql.identifier(table)} where id ~ '^[a-z]+_[0-9]+$'
      order by ${sql.identifier(time)} desc, ${sql.identifier(last)} desc`)
    const sizes: number[] = []
    const ids: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await list({ limit: 100, ...(cursor && { cursor }) })
      sizes.push(page.items.length)
      ids.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor
    }
    expect(ids).toEqual(rows.map(({ id }) => id))
    expect(ids).toHaveLength(count)
    expect(Math.max(...sizes)).toBeLessThan(23)
    expect(sizes.length).toBeLessThanOrEqual(4)
  })
})
