import type { Sql } from 'postgres'
import {
  approvalTables,
  copiedApprovalId,
  copiedToolCallId,
  copyApprovals,
  type Columns,
  type CopiedTable,
} from './fill'
import { gatedTool } from './project'
import type { Run } from './run'
import { numberedId } from './script'

/** A word that only the oldest approvals hold, one that all hold, and one that none does. */
export const words = { rare: 'zanzibar', common: 'customer', missing: 'quetzalcoatl' }

const days = 60
const secondsApart = 5
const reasons = [
  'The delivery did not arrive, the carrier has confirmed the loss, and the customer wants the money back.',
  'The lamp arrived broken, the photos show it, and the customer does not want another one.',
  'It was ordered twice by mistake; the customer sends the second parcel back unopened.',
  'The wrong size was sent, the right one is sold out, and the customer cannot wait for it.',
  'The price was lower the day after, and the shop promises the customer the difference.',
  'The parcel was returned to sender because the address was incomplete; the customer has cancelled.',
  'The invoice names the wrong company, and the customer needs it paid again to the right one.',
  'A part is missing, the maker no longer has it, and the customer keeps the rest for half the price.',
]
const rareReason = `The parcel went to ${words.rare} and back, and by now the customer has bought it elsewhere.`
const otherTools = ['order_tools.cancel_order', 'db_delete', 'mail_tools.send_to_all']

/**
 * Adds decided approvals to a project as the months would: in the order of their times, seven of eight approved and
 * used, one rejected, each with its call, run, decision, audit entries and events, all numbered already.
 * @param template id of an approval of that project that was approved and claimed, whose run has ended
 * @param already how many were added before
 */
export async function addHistory(
  run: Run,
  projectId: string,
  template: string,
  already: number,
  count: number,
): Promise<void> {
  const { sql } = run
  const heads = await readHeads(sql, projectId)
  const hasSearch = (await sql`select to_regclass('approval_search') is not null as has`)[0]?.has === true
  const indexes = count > 50_000 ? await dropTextIndexes(sql) : []
  const tables = historyTables(already, heads, hasSearch)
  const numbers = { base: run.takeBase(count), clients: 1, each: count }
  const filled = await copyApprovals(sql, template, numbers, tables)
  await assertFilled(sql, tables, filled)
  await sql.unsafe(`set maintenance_work_mem = '512MB'`)
  for (const index of indexes) await sql.unsafe(index)
  await sql.unsafe('vacuum analyze')
}

type Heads = { audit: number; events: number }

async function readHeads(sql: Sql, projectId: string): Promise<Heads> {
  const [row] = await sql`
    select (select coalesce(max(seq), 0) from audit_entries where project_id = ${projectId})::float as audit,
      (select coalesce(max(seq), 0) from approval_events where project_id = ${projectId})::float as events`
  return { audit: Number(row?.audit), events: Number(row?.events) }
}

/** A template without its search text or its entries would leave holes, and reading would seem cheaper than it is. */
async function assertFilled(sql: Sql, tables: CopiedTable[], filled: number[]): Promise<void> {
  const [first, last] = [numberedId('apr', filled[0] ?? 0), numberedId('apr', filled.at(-1) ?? 0)]
  const keys: Record<string, string> = {
    decisions: 'approval_id',
    audit_entries: 'target_id',
    approval_events: 'approval_id',
    approval_search: 'approval_id',
  }
  for (const { table } of tables) {
    const key = keys[table]
    if (key === undefined) continue
    const [row] = await sql.unsafe(
      `select count(distinct ${key})::int as count from ${table} where ${key} between $1 and $2`,
      [first, last],
    )
    if (row?.count !== filled.length)
      throw new Error(`${table} was filled for ${row?.count} of ${filled.length}.`)
  }
}

/** Indexes of texts are made anew after a large filling: to add to them row by row takes many times as long. */
async function dropTextIndexes(sql: Sql): Promise<string[]> {
  const found = await sql`
    select indexname as name, indexdef as definition from pg_indexes
    where schemaname = 'public' and indexdef ilike '% using gin %'`
  for (const { name } of found) await sql.unsafe(`drop index "${String(name)}"`)
  return found.map(({ definition }) => String(definition))
}

function historyTables(already: number, heads: Heads, hasSearch: boolean): CopiedTable[] {
  const h = `(${already} + k.i)`
  const isRejected = `(${h} % 8 = 0)`
  const asked = `(date_trunc('day', now()) - interval '${days} days' + ${h} * interval '${secondsApart} seconds')`
  const after = (seconds: string) => `(${asked} + make_interval(secs => ${seconds}))`
  const answered = after(`30 + ${h} % 600`)
  const finished = after(`35 + ${h} % 600`)
  const tool = `(array['${[gatedTool, ...otherTools].join("', '")}'])[1 + ${h} % ${otherTools.length + 1}]`
  const params = paramsSql(h)
  const unless = (value: string) => `case when ${isRejected} then null else ${value} end`
  const either = (rejected: string, approved: string, type: string) =>
    `(case when ${isRejected} then '${rejected}' else '${approved}' end)::${type}`
  const tables = approvalTables({
    runs: { started_at: after('-2'), finished_at: finished },
    tool_calls: {
      ...{ tool, params, digest: digestSql(tool, params), started_at: asked },
      result_status: unless('t.result_status'),
      output: unless('t.output'),
      ended_at: unless(finished),
    },
    approvals: {
      ...{ tool, rule_tool: tool, requested_at: asked, resolved_at: answered },
      status: either('rejected', 'approved', 'approval_status'),
      expires_at: `(${asked} + (t.expires_at - t.requested_at))`,
      claimed_at: unless(after(`32 + ${h} % 600`)),
      claimed_by: unless('t.claimed_by'),
    },
    decisions: { decision: either('reject', 'approve', 'decision_kind'), at: answered },
  })
  const search = `lower(concat_ws(chr(31), ${tool}, '${words.common}', ${params}))`
  return [...tables, ...recordTables(heads, asked, answered), ...(hasSearch ? [searchTable(search)] : [])]
}

/** An approval's params, in the order of RFC 8785, about 300 bytes. */
function paramsSql(h: string): string {
  const customer = `(${h} * 7919 % 50000)`
  const reason = `case when ${h} = 7 then '${rareReason}' else (array['${reasons.join("', '")}'])[1 + ${h} % 8] end`
  return `('{"amount":' || (1001 + ${h} % 9000) || ',"currency":"EUR","customer":{"email":"customer.' || ${customer}
    || '@example.com","id":"CUS-' || ${customer} || '","name":"Customer ' || ${customer} || '"},"order_id":"ORD-'
    || lpad(${h}::text, 9, '0') || '","reason":"' || ${reason} || '"}')`
}

function digestSql(tool: string, params: string): string {
  const text = `'{"params":' || ${params} || ',"tool":"' || ${tool} || '"}'`
  return `('sha256:' || encode(sha256(convert_to(${text}, 'UTF8')), 'hex'))`
}

/** Two audit entries and two events of each, numbered on from where the project's are. */
function recordTables(heads: Heads, asked: string, answered: string): CopiedTable[] {
  const isFirstEntry = `(t.action = 'approval.approved')`
  const hash = (text: string) => `(md5(${text}) || md5(k.n || ${text}))`
  const entry: Columns = {
    id: `('aud_' || lpad(k.n || case when ${isFirstEntry} then 'a' else 'b' end, 26, '0'))`,
    seq: `${heads.audit} + 2 * k.i - ${isFirstEntry}::int`,
    at: `${answered} + case when ${isFirstEntry} then interval '0' else interval '2 seconds' end`,
    target_id: copiedApprovalId,
    prev_hash: hash(`'before' || t.action`),
    hash: hash('t.action'),
  }
  const event: Columns = {
    approval_id: copiedApprovalId,
    at: `case when t.type = 'requested' then ${asked} else ${answered} end`,
    seq: `${heads.events} + 2 * k.i - (t.type = 'requested')::int`,
  }
  const isEntry = `t.target_id = $1 and t.action in ('approval.approved', 'approval.claimed')`
  const isEvent = `t.approval_id = $1 and t.type in ('requested', 'approved')`
  return [
    { table: 'audit_entries', where: isEntry, columns: entry },
    { table: 'approval_events', where: isEvent, columns: event },
  ]
}

function searchTable(text: string): CopiedTable {
  const columns = { approval_id: copiedApprovalId, tool_call_id: copiedToolCallId, text }
  return { table: 'approval_search', where: 't.approval_id = $1', columns }
}
