import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
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
    /"delivery_attempts"/,
    () => listDeliveries(db, 'p', 'w', page),
    () => listDeliveries(db, 'p', 'w', page, false),
  ],
  [
    'params of approvals',
    /"params"/,
    () => listApprovals(db, test.project.id, page),
    () => listApprovals(db, test.project.id, page, 'none'),
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
