import type { Sql } from 'postgres'
import type { Statements } from './capture'
import { analyze, copyApprovals } from './fill'
import { runPgbench, type PgbenchRun } from './pgbench'
import { openSql } from './place'
import type { Run } from './run'
import { mostClients, numberedId } from './script'

/** Which approvals a statement uses up, and how to count what it has really done to ids from $1 to $2. */
const kinds: Record<keyof Statements, { uses?: 'pending' | 'approved'; table: string; done: string }> = {
  askFree: { table: 'stp', done: 'select count(*)::int as done from tool_calls where id between $1 and $2' },
  askGated: {
    table: 'apr',
    done: `select count(*)::int as done from approvals a join tool_calls t on t.id = a.call_id
      join runs r on r.id = a.run_id where a.id between $1 and $2 and r.status = 'awaiting_approval'`,
  },
  decide: {
    uses: 'pending',
    table: 'apr',
    done: `select count(*)::int as done from approvals a join decisions d on d.approval_id = a.id
      join audit_entries e on e.target_id = a.id and e.action = 'approval.approved'
      join runs r on r.id = a.run_id and r.status = 'running' and r.pending_count = 0
      where a.id between $1 and $2 and a.status = 'approved'`,
  },
  claim: {
    uses: 'approved',
    table: 'apr',
    done: `select count(*)::int as done from approvals a
      join audit_entries e on e.target_id = a.id and e.action = 'approval.claimed'
      where a.id between $1 and $2 and a.claimed_at is not null`,
  },
}

/**
 * Runs one request's statements in pgbench, over rows that are there for it, and looks afterwards whether each piece
 * of work has really been done.
 * @returns undefined where pgbench is not installed
 * @throws Error where it wrote nothing, or too little
 */
export async function runStatement(
  run: Run,
  name: keyof Statements,
  clients: number,
  each: number,
  how: { withLatencies?: boolean; pace?: number } = {},
): Promise<PgbenchRun | undefined> {
  if (run.pgbench === undefined) return undefined
  const { program, captured } = run.pgbench
  const { uses } = kinds[name]
  const base = run.takeBase(each)
  const sql = openSql(run.place.bare)
  try {
    if (uses !== undefined) {
      await copyApprovals(sql, captured[uses], { base, clients, each })
      await analyze(sql)
    }
    const script = captured.statements[name]
    const options = { ...how, script, clients, each, base }
    const result = await runPgbench(program, run.place.bare, run.place.folder, options)
    await assertDone(sql, name, base, clients, each)
    return result
  } finally {
    await sql.end()
  }
}

async function assertDone(
  sql: Sql,
  name: keyof Statements,
  base: number,
  clients: number,
  each: number,
): Promise<void> {
  const { table, done } = kinds[name]
  const first = numberedId(table, (base + 1) * mostClients)
  const last = numberedId(table, (base + each + 1) * mostClients)
  const [row] = await sql.unsafe(done, [first, last])
  if (row?.done === clients * each) return
  throw new Error(`pgbench's ${name} did ${row?.done} of ${clients * each}: its figure would mean nothing.`)
}
