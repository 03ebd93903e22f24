import { sql, type SQL } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { askApproval } from '@/lib/approvals/ask'
import { compileWildcard } from '@/lib/policy/wildcard'
import { dispatchEvents } from '@/lib/outbox/dispatch'
import { fillSearch } from '@/lib/outbox/fill-search'
import { fillApprovals } from '@/lib/testing/many-approvals'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { countUnlooked, listUnlooked } from './approval-cues'
import { findDigests } from './approval-digests'
import { groupMatchingPending } from './approval-groups'
import { countMatchingPending, listApprovals, type ApprovalFilter } from './approval-list'
import { countPending, hasDueApproval } from './approvals'
import { listAuditEntries } from './audit'
import { listAuditNames } from './audit-names'
import { listLastActive } from './last-active'
import { listNotices } from './notices'
import { listRuns, type RunFilter } from './runs'
import { countForPerson, listSnoozes } from './snoozes'
import { listWebhookFailures, listWebhookHours } from './webhook-health'

const most = 20_000
let db: Database
let close: () => Promise<void>
let url: string
let mine: TestProject
let other: TestProject

beforeAll(async () => {
  ;({ db, url, close } = await openTestDatabase(4))
  mine = await makeTestProject(db)
  other = await makeTestProject(db)
  await fillApprovals(db, mine.project.id, '0a0', most)
  await fillApprovals(db, other.project.id, '0b0', 1000)
})
afterAll(() => close())

type Filter = Omit<ApprovalFilter, 'limit' | 'cursor'>

const plainOrders = {
  newest: sql`a.requested_at desc, a.id desc`,
  oldest: sql`a.requested_at, a.id`,
  deadline: sql`case when a.status = 'pending' then a.expires_at end, case when a.status = 'pending' then a.id end,
    a.resolved_at desc, a.id desc`,
  decided: sql`case when a.status = 'pending' then a.requested_at else a.resolved_at end desc, a.id desc`,
  largest: sql`(c.params::json ->> 'amount')::int desc, a.id desc`,
}

/** What the list is to hold, by the plainest of queries. */
async function reference(projectId: string, filter: Filter): Promise<string[]> {
  const { statuses, agent, tool, ids, runId, toolCallId, q, rule, dueWithin, sort = 'newest' } = filter
  const isPattern = /[*?[]/.test(tool ?? '')
  const pattern = `%${q?.replace(/[\\%_]/g, '\\$&')}%`
  const conditions: SQL[] = [sql`a.project_id = ${projectId}`]
  if (statuses) conditions.push(sql`${statuses.join()} like '%' || a.status || '%'`)
  if (agent) conditions.push(sql`a.agent_name = ${agent}`)
  if (tool && !isPattern) conditions.push(sql`a.tool = ${tool}`)
  if (rule) conditions.push(sql`a.rule_tool = ${rule} and a.rule_condition is null`)
  if (dueWithin) conditions.push(sql`a.expires_at < now() + make_interval(secs => ${dueWithin})`)
  if (ids) conditions.push(sql`a.id = any(string_to_array(${ids.join()}, ','))`)
  if (runId !== undefined) conditions.push(sql`(r.id = ${runId} or r.external_id = ${runId})`)
  if (toolCallId) conditions.push(sql`c.tool_call_id = ${toolCallId}`)
  if (q)
    conditions.push(sql`(a.tool ilike ${pattern} or a.agent_name ilike ${pattern} or a.message ilike ${pattern}
      or c.params ilike ${pattern} or c.description ilike ${pattern} or r.external_id ilike ${pattern}
      or a.id = ${q} or a.run_id = ${q})`)
  const rows = await db.execute<{ id: string; tool: string }>(sql`
    select a.id, a.tool from approvals a join tool_calls c on c.id = a.call_id join runs r on r.id = a.run_id
    where ${sql.join(conditions, sql` and `)} order by a.status = 'pending' desc, ${plainOrders[sort]}`)
  const fits = isPattern ? compileWildcard(tool ?? '') : () => true
  return rows.filter((row) => fits(row.tool)).map((row) => row.id)
}

async function allPages(projectId: string, filter: Filter, limit: number) {
  const ids: string[] = []
  let pages = 0
  for (let cursor: string | undefined; ;) {
    const page = await listApprovals(db, projectId, { ...filter, limit, ...(cursor && { cursor }) })
    pages += 1
    ids.push(...page.items.map((item) => item.id))
    if (page.nextCursor === null) return { ids, pages }
    cursor = page.nextCursor
  }
}

const decided = ['approved', 'rejected', 'expired', 'cancelled'] as const
const row = '00000000000000000000077'
const filters: [string, Filter][] = [
  ['nothing', {}],
  ['pending', { statuses: ['pending'] }],
  ['no status', { statuses: [] }],
  ['decided', { statuses: decided }],
  ['a common status', { statuses: ['rejected'] }],
  ['a rare status', { statuses: ['cancelled'] }],
  ['two statuses', { statuses: ['expired', 'cancelled'] }],
  ['an agent', { agent: 'agent-3' }],
  ['an unknown agent', { agent: 'nobody' }],
  ['a tool', { tool: 'tool_4' }],
  ['agent and tool', { agent: 'agent-3', tool: 'tool_4' }],
  ['tool and status', { tool: 'tool_4', statuses: ['expired'] }],
  ['a tool, decided', { tool: 'tool_4', statuses: decided }],
  ['a run by its id', { runId: `run_0a0${row}` }],
  ['a run by its external id', { runId: 'Order-300' }],
  ['an unknown run', { runId: 'Order-1' }],
  ['run and text', { runId: 'Order-300', q: 'refund' }],
  ['run and other text', { runId: 'Order-300', q: 'xylophone' }],
  ['a run not yet indexed and text', { runId: `run_0a0${String(most - 1).padStart(23, '0')}`, q: 'új' }],
  ['a run not yet indexed and other text', { runId: `run_0a0${String(most - 1).padStart(23, '0')}`, q: 'heirloom' }],
  ['a tool call', { toolCallId: 'call-7' }],
  ['a tool call not yet indexed', { toolCallId: `call-${most - 1}` }],
  ['a tool call that many share', { toolCallId: 'call_1', statuses: ['rejected'] }],
  ['tool call and text', { toolCallId: 'call_1', q: 'xylophone' }],
  ['text that all have', { q: 'AMOUNT', tool: 'tool_2' }],
  ['text of one in five', { q: 'damaged' }],
  ['rare text', { q: 'xylophone' }],
  ['rare text, decided', { q: 'xylophone', statuses: decided }],
  ['rare text by an agent', { q: 'xylophone', agent: 'agent-2' }],
  ['text that is not there', { q: 'qqqzzz' }],
  ['text of the older half', { q: 'Heirloom A1b2c 100%' }],
  ['part of an order', { q: 'rd-10123' }],
  ['an external id', { q: 'order-1200' }],
  ['an order in its field', { q: '"ORD-1012345"' }],
  ['an order in another field', { q: 'id" : "ord-1012345 ' }],
  ['many numbers', { q: 'l-100 1000077' }],
  ['a rare and a common word', { q: 'xylophone heirloom a1b2c' }],
  ['two letters', { q: 'pl', statuses: ['expired'] }],
  ['two letters that are not there', { q: '~~' }],
  ['letters beyond ASCII', { q: 'ÚJ', statuses: ['expired'] }],
  ['a wildcard', { q: '_' , tool: 'tool_9' }],
  ['a percent sign', { q: '0%', statuses: ['expired'] }],
  ['quotes and backslashes', { q: '"amount" : 7\\' }],
  ['the largest', { sort: 'largest', statuses: ['pending'] }],
  ['the largest by an agent, with a text', { sort: 'largest', statuses: ['pending'], agent: 'agent-2', q: 'damaged' }],
  ['the largest of a tool, by its rule', { sort: 'largest', statuses: ['pending'], rule: 'tool_3' }],
  ['a rule', { statuses: ['pending'], rule: 'tool_4' }],
  ['a rule that no call fired', { statuses: ['pending'], rule: 'tool_*' }],
  ['what is due within eight days', { sort: 'deadline', statuses: ['pending'], dueWithin: 8 * 86_400 }],
  ['what is due, newest first', { statuses: ['pending'], dueWithin: 8 * 86_400 }],
  ['what is due within six days', { statuses: ['pending'], dueWithin: 6 * 86_400 }],
  ['the nearest deadline', { sort: 'deadline' }],
  ['the nearest deadline, pending', { sort: 'deadline', statuses: ['pending'] }],
  ['the nearest deadline, pending, by an agent', { sort: 'deadline', statuses: ['pending'], agent: 'agent-3' }],
  ['the nearest deadline and text', { sort: 'deadline', q: 'damaged', agent: 'agent-2' }],
  ['the nearest deadline and rare text', { sort: 'deadline', q: 'xylophone' }],
  ['the nearest deadline of a run', { sort: 'deadline', runId: 'Order-300' }],
  ['the oldest', { sort: 'oldest' }],
  ['the oldest of a tool', { sort: 'oldest', tool: 'tool_4' }],
  ['the oldest with a rare text', { sort: 'oldest', q: 'xylophone' }],
  ['the latest decision', { sort: 'decided', statuses: decided }],
  ['the latest decision on an agent', { sort: 'decided', statuses: decided, agent: 'agent-3' }],
  ['the latest decision on a tool', { sort: 'decided', tool: 'tool_4' }],
  ['the latest decision and rare text', { sort: 'decided', q: 'xylophone', statuses: decided }],
  ['tools by a wildcard', { tool: 'tool_1*' }],
  ['pending tools by a wildcard', { tool: '*[0-3]', statuses: ['pending'], sort: 'deadline' }],
  ['tools by a wildcard and an agent', { tool: 't??l_[!1-8]', agent: 'agent-1', statuses: decided }],
  ['a wildcard that fits nothing', { tool: 'pay.*' }],
  ['an approval id', { q: `apr_0a0${row}` }],
  ['a run id', { q: `run_0a0${row}` }],
  ['ids', { ids: [`apr_0a0${row}`, `apr_0b0${row}`, 'apr_none', `apr_0a0${String(most).padStart(23, '0')}`] }],
  ['ids, of which one is of the run', { ids: [`apr_0a0${row}`, `apr_0a0${String(most).padStart(23, '0')}`], runId: `run_0a0${row}` }],
  ['ids by the latest decision and status', { ids: [`apr_0a0${row}`], sort: 'decided', statuses: decided }],
  ['a run without a name', { runId: '' }],
  ['ids, and a run without a name', { ids: [`apr_0a0${row}`], runId: '' }],
  ['another project’s run', { runId: `run_0b0${row}` }],
  ['another project’s approval id', { q: `apr_0b0${row}` }],
] // prettier-ignore

const halves = [
  'a wildcard that fits nothing',
  'a tool call that many share',
  'a rare and a common word',
  'text of the older half',
]

describe('listApprovals', () => {
  it.each(filters)('finds by %s what a plain query finds, in order, over all pages', async (_, filter) => {
    const expected = await reference(mine.project.id, filter)
    const limit = expected.length > 2000 ? 100 : 7
    const { ids, pages } = await allPages(mine.project.id, filter, limit)
    expect(ids).toEqual(expected)
    expect(pages).toBeLessThanOrEqual(Math.ceil(expected.length / limit) + most / 10_000 + 1)
  })

  it('counts what is pending and fits as the list finds it, up to a most', async () => {
    const project = mine.project.id
    for (const filter of [
      {},
      { agent: 'agent-3' },
      { tool: 'tool_[45]' },
      { q: 'damaged', agent: 'agent-1' },
    ]) {
      const expected = await reference(project, { ...filter, statuses: ['pending'] })
      expect(await countMatchingPending(db, project, filter, most)).toBe(expected.length)
      expect(expected.length).toBeGreaterThan(5)
    }
    expect(await countMatchingPending(db, project, {}, 20)).toBe(20)
    const { items, isWhole } = await findDigests(db, project, { agent: 'agent-3' }, most)
    expect([items.length, isWhole]).toEqual([
      await countMatchingPending(db, project, { agent: 'agent-3' }, most),
      true,
    ])
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length)
    expect(await findDigests(db, project, {}, 20)).toMatchObject({ isWhole: false })
    expect((await findDigests(db, project, { q: 'damaged' }, 20)).items.length).toBeLessThan(20)
  })

  it('groups what is pending and fits, the nearest deadline first', async () => {
    const project = mine.project.id
    const filter = { agent: 'agent-3' }
    const rows = await db.execute<{ tool: string; count: number; oldest: string }>(sql`
      select tool, count(*)::int as count, min(requested_at) as oldest from approvals
      where project_id = ${project} and status = 'pending' and agent_name = 'agent-3' group by tool
      order by min(expires_at), tool`)
    for (const by of ['tool', 'rule'] as const) {
      const groups = await groupMatchingPending(db, project, { ...filter, by }, most)
      expect(groups.map((group) => [group.name, group.count, group.oldestAt])).toEqual(
        rows.map(({ tool, count, oldest }) => [tool, count, oldest]),
      )
    }
    const [agents, other] = await groupMatchingPending(db, project, { ...filter, by: 'agent' }, most)
    expect([agents?.name, agents?.agent, agents?.tool, other]).toEqual([
      'agent-3',
      'agent-3',
      null,
      undefined,
    ])
    const runs = await db.execute<{ run: string; count: number; tool: string | null }>(sql`
      select run_id as run, count(*)::int as count, case when count(distinct tool) = 1 then min(tool) end as tool
      from approvals where project_id = ${project} and status = 'pending' and agent_name = 'agent-3'
      group by run_id order by min(expires_at), run_id limit 100`)
    const byRun = await groupMatchingPending(db, project, { ...filter, by: 'run' }, most)
    expect(byRun.map(({ name, count, tool }) => ({ run: name, count, tool }))).toEqual([...runs])
    await db.execute(sql`update runs set input = '"Lamp"' where id = ${runs[0]!.run}`)
    const named = await groupMatchingPending(db, project, { ...filter, by: 'run' }, most)
    expect(named.slice(0, 2).map(({ input }) => input)).toEqual(['"Lamp"', null])
    expect(agents?.input).toBeNull()
    for (const { run, count } of runs.slice(0, 3))
      expect(await countMatchingPending(db, project, { ...filter, runId: run }, most)).toBe(count)
    expect(rows.length).toBeGreaterThan(5)
  })

  it('knows no amount of what PostgreSQL or a double cannot hold', async () => {
    const third = await makeTestProject(db)
    const amounts: [unknown, string][] = [
      [12, 'a number'],
      ['300.50', 'a text'],
      ['1e400', 'too large'],
      [9e14, 'the largest'],
      [{ amount: 1 }, 'no number'],
      [-5, 'below nothing'],
      ['\u{10ffff}', 'far letters'],
    ]
    for (const [amount, note] of amounts) await third.ask({ params: { amount, note } })
    await third.ask({ params: { total: 40, note: 'a total' } })
    await third.ask({ params: { note: `long ${'x'.repeat(20_000)}`, amount: 1e6 } })
    const { ids } = await allPages(third.project.id, { sort: 'largest' }, 2)
    const rows = await db.execute<{ id: string; note: string }>(sql`
      select a.id, c.params::json ->> 'note' as note from approvals a join tool_calls c on c.id = a.call_id
      where a.project_id = ${third.project.id}`)
    const noteOf = (id: string) => rows.find((row) => row.id === id)?.note.slice(0, 13)
    expect(ids).toHaveLength(9)
    expect(ids.slice(0, 5).map(noteOf)).toEqual([
      'the largest',
      'a text',
      'a total',
      'a number',
      'below nothing',
    ])
  })

  it('keeps to the project', async () => {
    for (const filter of [
      {},
      { q: 'damaged' },
      { q: 'xylophone' },
      { toolCallId: 'call_1' },
      { tool: 'tool_4' },
      { tool: 'tool_*', sort: 'deadline' },
    ] satisfies Filter[]) {
      const { ids } = await allPages(other.project.id, filter, 100)
      expect(ids).toEqual(await reference(other.project.id, filter))
      expect(ids.length).toBeGreaterThan(0)
      expect(ids.every((id) => id.startsWith('apr_0b0'))).toBe(true)
    }
  })

  it('finds what was just asked for, before and after it is numbered and its text is in the index', async () => {
    const third = await makeTestProject(db)
    const find = async (filter: Filter) =>
      (await listApprovals(db, third.project.id, { ...filter, limit: 10 })).items.map((item) => item.id)
    const { id } = await third.ask({ params: { note: 'Bassoon' }, tool_call_id: 'call.of-mine' })
    for (const step of [undefined, dispatchEvents, fillSearch]) {
      await step?.(db)
      expect(await find({ q: 'bassoo' })).toEqual([id])
      expect(await find({ toolCallId: 'call.of-mine' })).toEqual([id])
      expect(await find({ q: 'clarinet' })).toEqual([])
    }
    const [indexed] = await db.execute(
      sql`select text, tool_call_id from approval_search where approval_id = ${id}`,
    )
    expect(indexed).toMatchObject({
      text: expect.stringContaining('{"note":"bassoon"}'),
      tool_call_id: 'call.of-mine',
    })
  })

  it('looks at the first 65,536 characters alone', async () => {
    const third = await makeTestProject(db)
    const params = { a: 'x'.repeat(60_000), b: 'trombone', c: 'y'.repeat(60_000), d: 'oboe' }
    const source = { params: JSON.stringify(params) }
    await askApproval(third.agent, { tool: 'gated', agent: 'tester', params, source })
    const count = async (q: string) =>
      (await listApprovals(db, third.project.id, { q, limit: 10 })).items.length
    expect([await count('trombone'), await count('oboe')]).toEqual([1, 0])
    await dispatchEvents(db)
    await fillSearch(db)
    expect([await count('trombone'), await count('oboe')]).toEqual([1, 0])
  })
})

describe('listRuns', () => {
  it.each([
    {},
    { statuses: ['failed'] },
    { statuses: ['failed', 'running', 'failed'] },
    { agent: 'agent-3' },
    { agent: 'agent-3', statuses: ['running'] },
  ] satisfies Partial<RunFilter>[])(
    'finds by %o what a plain query finds, in order, over pages',
    async (filter: Partial<RunFilter>) => {
      const { statuses, agent } = filter
      const expected = await db.execute<{ id: string }>(sql`
        select id from runs where project_id = ${mine.project.id}
          and (${statuses?.join() ?? null}::text is null or status::text = any(string_to_array(${statuses?.join() ?? null}, ',')))
          and (${agent ?? null}::text is null or agent_name = ${agent ?? null})
        order by started_at desc, id desc limit 500`)
      const ids: string[] = []
      for (let cursor: string | null = ''; cursor !== null && ids.length < 500;) {
        const page = await listRuns(db, mine.project.id, { ...filter, limit: 50, ...(cursor && { cursor }) })
        ids.push(...page.items.map((item) => item.id))
        cursor = page.nextCursor
      }
      expect(ids).toEqual(expected.map((run) => run.id))
    },
  )

  it('finds by text and tool beyond the 5,000 that one page looks through of a status', async () => {
    const own = await makeTestProject(db)
    await own.ask()
    await db.execute(sql`
      insert into runs (id, project_id, agent_id, agent_name, policy_version, status, input, started_at, finished_at)
      select 'run_0c0' || lpad(n::text, 23, '0'), ${own.project.id}, a.id, a.name, 1,
        (case when n > 20000 then 'failed' else 'completed' end)::run_status,
        case when n > 5100 then '"needle"' else '"hay"' end, now() - n * interval '1 second', now()
      from (select * from agents where project_id = ${own.project.id} limit 1) a,
        lateral (select * from generate_series(1, 5105) union all select * from generate_series(20001, 20005)) g(n)`)
    const numbers = [5101, 5102, 5103, 5104, 5105, 20001, 20002, 20003, 20004, 20005]
    const needles = numbers.map((n) => `run_0c0${String(n).padStart(23, '0')}`)
    const pagesOf = async (projectId: string, filter: Partial<RunFilter>) => {
      const pages: string[][] = []
      for (let cursor: string | null = ''; cursor !== null;) {
        const page = await listRuns(db, projectId, { ...filter, limit: 3, ...(cursor && { cursor }) })
        pages.push(page.items.map((item) => item.id))
        cursor = page.nextCursor
      }
      return pages
    }
    const pages = await pagesOf(own.project.id, { q: 'needle' })
    expect(pages.flat()).toEqual(needles)
    expect(pages.length).toBeLessThan(6)
    expect((await pagesOf(own.project.id, { q: 'needle', statuses: ['completed'] })).flat()).toEqual(
      needles.slice(0, 5),
    )
    expect(await pagesOf(own.project.id, { q: 'thimble' })).toEqual([[], []])
  })
})

describe('with many rows', () => {
  const project = () => mine.project.id
  const reads: [string, (db: Database) => Promise<unknown>][] = [
    ...filters
      // Half of the table each: it is read from its beginning, up to 5,001 finds.
      .filter(([name]) => !halves.includes(name))
      // Of few that are due the index of deadlines is read, and those are sorted.
      .filter(([name]) => name !== 'what is due, newest first')
      .map(([name, filter]): [string, (db: Database) => Promise<unknown>] => [
        `approvals by ${name}`,
        (on) => listApprovals(on, project(), { ...filter, limit: 50 }),
      ]),
    ['runs', (on) => listRuns(on, project(), { limit: 50 })],
    ['runs by text', (on) => listRuns(on, project(), { q: 'order-3', limit: 50 })],
    ['runs by tool', (on) => listRuns(on, project(), { tool: 'tool_4', limit: 50 })],
    ['runs by status', (on) => listRuns(on, project(), { statuses: ['failed'], limit: 50 })],
    ['runs by agent', (on) => listRuns(on, project(), { agent: 'agent-3', limit: 50 })],
    ['audit', (on) => listAuditEntries(on, project(), { limit: 50 })],
    [
      'audit by action',
      (on) =>
        listAuditEntries(on, project(), { actions: ['approval.approved', 'agent.deployed'], limit: 50 }),
    ],
    ['audit by actor', (on) => listAuditEntries(on, project(), { actor: 'usr_1', limit: 50 })],
    ['audit by target', (on) => listAuditEntries(on, project(), { target: 'apr_1', limit: 50 })],
    ['audit until', (on) => listAuditEntries(on, project(), { until: new Date('2026-01-02'), limit: 50 })],
    ['who acted', (on) => listAuditNames(on, project(), 500)],
    ['when they were active', (on) => listLastActive(on, project(), ['usr_1', 'usr_2'])],
    ['deliveries by hour', (on) => listWebhookHours(on, project(), ['whk_busy'])],
    ['failed deliveries', (on) => listWebhookFailures(on, project(), ['whk_busy'])],
    ['notices', (on) => listNotices(on, project(), 'usr_1', { limit: 50 })],
    ['what is pending and fits', (on) => countMatchingPending(on, project(), { tool: 'tool_*' }, 10_001)],
    ['what is pending, with a text', (on) => countMatchingPending(on, project(), { q: 'damaged' }, 10_001)],
    ['what is pending', (on) => countPending(on, project())],
    ['what is pending and put off', (on) => countForPerson(on, project(), 'usr_1')],
    ['what has a cue', (on) => listApprovals(on, project(), { sort: 'deadline', cue: 'highest', limit: 50 })],
    ['what was not looked at', (on) => countUnlooked(on, project(), 10_001)],
    ['what is looked at next', (on) => listUnlooked(on, project(), 50)],
    ['what one put off', (on) => listSnoozes(on, project(), 'usr_1', 100)],
    ...[true, false].map((isSnoozed): (typeof reads)[number] => [
      isSnoozed ? 'put off' : 'not put off',
      (on) =>
        listApprovals(on, project(), {
          sort: 'deadline',
          snoozed: { projectId: project(), userId: 'usr_1', isSnoozed },
          limit: 50,
        }),
    ]),
    ['what is due', (on) => hasDueApproval(on, project())],
  ]

  it('no list reads a whole table, and none without a search sorts more than its page', async () => {
    await fillAudit()
    await fillDeliveries()
    const hours = await listWebhookHours(db, project(), ['whk_busy'])
    expect(hours.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(10_000)
    const client = postgres(url, { max: 1, onnotice: () => undefined })
    const asked: { query: string; params: unknown[] }[] = []
    const logged = drizzle(client, { logger: { logQuery: (query, params) => asked.push({ query, params }) } })
    const flawed: string[] = []
    let checked = 0
    try {
      for (const [name, read] of reads) {
        asked.length = 0
        await read(logged)
        for (const { query, params } of [...asked])
          for (const flaw of await flaws(client, query, params)) flawed.push(`${name}: ${flaw} in ${query}`)
        checked += asked.length
      }
    } finally {
      await client.end({ timeout: 1 })
    }
    expect(flawed).toEqual([])
    expect(checked).toBeGreaterThan(reads.length)
  })

  async function fillAudit() {
    await db.execute(sql`
      insert into audit_entries (id, project_id, at, action, actor_type, actor_id, actor_label, via, target_type, target_id, target_label, detail)
      select 'aud_' || n, ${project()}, timestamptz '2026-01-01' + n * interval '10 seconds',
        case when n % 50 = 0 then 'approval.approved' else 'approval.claimed' end, 'user', 'usr_' || n % 7, 'R', 'api',
        'approval', 'apr_' || n, 'tool', '{}' from generate_series(1, ${most}) n`)
    await db.execute(sql`analyze audit_entries`)
  }

  async function fillDeliveries() {
    await db.execute(sql`
      insert into webhooks (id, project_id, name, format, url, secret, events)
      values ('whk_busy', ${project()}, 'Busy', 'standard', 'https://example.com/', 'x', '{}')`)
    await db.execute(sql`
      insert into deliveries (id, project_id, webhook_id, event_id, message_id, type, status, created_at, settled_at)
      select 'dlv_' || n, ${project()}, 'whk_busy', n, 'msg_' || n, 'approval.requested', 'delivered',
        now() - n * interval '1 second', now() from generate_series(1, 10100) n`)
    await db.execute(sql`analyze deliveries`)
  }
})

const big = [
  'deliveries',
  'approvals',
  'approval_search',
  'tool_calls',
  'runs',
  'audit_entries',
  'approval_events',
]

type Plan = { 'Node Type': string; 'Relation Name'?: string; 'Actual Rows'?: number; Plans?: Plan[] }

/**
 * Where a plan reads a whole big table, both with these values of the parameters and as the plan that a prepared
 * statement comes to for any; where it sorts more than a page of each status, unless it searches; and where it adds up the
 * bytes of a page more than once.
 */
async function flaws(client: postgres.Sql, query: string, params: unknown[]): Promise<string[]> {
  const found: string[] = []
  const look = (plan: Plan, windows = 0) => {
    const relation = plan['Relation Name']
    const within = windows + Number(plan['Node Type'] === 'WindowAgg')
    if (within > 1) found.push(`${within} windows over the page`)
    if (plan['Node Type'] === 'Seq Scan' && relation && big.includes(relation))
      found.push(`scan of ${relation}`)
    const sorted = plan['Node Type'] === 'Sort' ? (plan.Plans?.[0]?.['Actual Rows'] ?? 0) : 0
    if (sorted > 51 * 5 && !/approval_search|walked/.test(query)) found.push(`sort of ${sorted}`)
    for (const part of plan.Plans ?? []) look(part, within)
  }
  const [actual] = await client.unsafe(`explain (analyze, format json) ${query}`, params as never[])
  const [generic] = await client.unsafe(`explain (generic_plan, format json) ${query}`)
  for (const row of [actual, generic])
    look((row as unknown as { 'QUERY PLAN': [{ Plan: Plan }] })['QUERY PLAN'][0].Plan)
  return found
}
