import type { Sql } from 'postgres'
import type { Run } from './run'
import { mostClients, numberedId, numberedIdSql } from './script'

/** Numbers of rows: `(base + i) * mostClients + client` for i from 1 to `each`. */
export type Numbers = { base: number; clients: number; each: number }

/** Columns of a table and what they get instead of the template's value. */
export type Columns = Record<string, string>

/**
 * What is copied of a table: the rows `t` that `where` finds by the template's id, `$1`. Expressions know a copy's
 * number `k.n` and how many came before it, `k.i`, counted from 1.
 */
export type CopiedTable = { table: string; where: string; columns: Columns }

const perStatement = 20_000

/**
 * Fills in copies of one approval with its run, its call and its decision, each under ids made of its number.
 * Whatever other columns there are keep the template's values.
 * @param template id of an approval that was asked for, and decided where the copies are to be
 * @param tables what is copied where it is not `approvalTables()`, in the order of their references
 * @returns the numbers, in the order in which they were filled in
 */
export async function copyApprovals(
  sql: Sql,
  template: string,
  { base, clients, each }: Numbers,
  tables: CopiedTable[] = approvalTables(),
): Promise<number[]> {
  const step = Math.max(1, Math.floor(perStatement / clients))
  for (let from = 1; from <= each; from += step) {
    const numbers = `(select (${base}::bigint + i) * ${mostClients} + c as n, i::bigint as i
      from generate_series(${from}, ${Math.min(each, from + step - 1)}) i, generate_series(0, ${clients - 1}) c
      order by i, c) k`
    const statements = await Promise.all(tables.map((copied) => copyStatement(sql, copied, numbers)))
    await sql.begin(async (tx) => {
      for (const statement of statements) await tx.unsafe(statement, [template])
    })
  }
  return Array.from({ length: each * clients }, (_, at) => {
    return (base + 1 + Math.floor(at / clients)) * mostClients + (at % clients)
  })
}

const runId = numberedIdSql('run', 'k.n')
const decisionId = numberedIdSql('dec', 'k.n')
const callId = numberedIdSql('stp', 'k.n')
/** The ids of a copy, in SQL. */
export const copiedApprovalId = numberedIdSql('apr', 'k.n')
export const copiedToolCallId = `('call_bench_0_' || k.n)`

/** An approval, what it is about and who decided it. */
export function approvalTables(more: Record<string, Columns> = {}): CopiedTable[] {
  const tables: CopiedTable[] = [
    {
      table: 'runs',
      where: 't.id = (select run_id from approvals where id = $1)',
      columns: { id: runId, external_id: 'null' },
    },
    {
      table: 'tool_calls',
      where: 't.id = (select call_id from approvals where id = $1)',
      columns: { id: callId, run_id: runId, tool_call_id: copiedToolCallId, ask_key: copiedToolCallId },
    },
    {
      table: 'approvals',
      where: 't.id = $1',
      columns: {
        ...{ id: copiedApprovalId, run_id: runId, call_id: callId },
        // an approval is good for a few minutes only
        resolved_at: 'case when t.resolved_at is null then null else clock_timestamp() end',
      },
    },
    {
      table: 'decisions',
      where: 't.approval_id = $1',
      columns: { id: decisionId, approval_id: copiedApprovalId },
    },
  ]
  return tables.map((copied) => ({ ...copied, columns: { ...copied.columns, ...more[copied.table] } }))
}

/**
 * Copies of an approval in the server's database.
 * @returns their ids
 */
export async function fillPool(
  { sql, takeBase }: Pick<Run, 'sql' | 'takeBase'>,
  template: string,
  count: number,
  tables?: CopiedTable[],
): Promise<string[]> {
  const numbers = { base: takeBase(count), clients: 1, each: count }
  const filled = await copyApprovals(sql, template, numbers, tables)
  await analyze(sql)
  return filled.map((n) => numberedId('apr', n))
}

/** An `insert … select` of the template's rows for each number, with the columns that the table has today. */
async function copyStatement(sql: Sql, copied: CopiedTable, numbers: string): Promise<string> {
  const { table, where, columns } = copied
  const names = await insertableColumns(sql, table)
  const missing = Object.keys(columns).filter((name) => !names.includes(name))
  if (missing.length > 0) throw new Error(`${table} has no column ${missing.join(', ')}.`)
  const values = names.map((name) => columns[name] ?? `t."${name}"`)
  return `insert into ${table} (${names.map((name) => `"${name}"`).join(', ')})
    select ${values.join(', ')} from ${table} t, ${numbers} where ${where}`
}

async function insertableColumns(sql: Sql, table: string): Promise<string[]> {
  const rows = await sql`
    select column_name as name from information_schema.columns
    where table_schema = 'public' and table_name = ${table} and is_identity = 'NO' and is_generated = 'NEVER'
    order by ordinal_position`
  return rows.map((row) => String(row.name))
}

/** Lets the planner know what was filled in; it also makes it plan prepared statements anew. */
export async function analyze(sql: Sql): Promise<void> {
  await sql.unsafe('analyze runs, tool_calls, approvals, decisions')
}
