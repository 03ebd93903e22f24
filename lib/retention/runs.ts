import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'

/** Runs that one transaction takes up, and rows of each kind that it deletes with them at most. */
const runsPerBatch = 200
const rowsPerBatch = 500

/**
 * Deletes the oldest of a project's runs that are over for longer than the period, with all that hangs on them:
 * tool calls, approvals, decisions, steps, checkpoint. Over is a run
 *
 * - that is completed, failed or cancelled, since it finished, or
 * - that nobody ever finished, of which nothing is pending, since the last that happened in it: its start, a call
 *   asked for or its result, an approval asked for, decided or claimed, a step, a checkpoint kept. Agents often
 *   leave their runs open.
 *
 * A run of which something is pending is kept, however old it is. What is deleted is forgotten: a `tool_call_id`
 * or `external_id` of it that comes again is new. Runs that somebody is at work on are left to the next time.
 * @param days 1 to 36,500
 * @returns how many rows were deleted, not counting what hangs on tool calls and runs; 0 where nothing is due
 */
export async function pruneRuns(tx: Transaction, projectId: string, days: number): Promise<number> {
  for (const status of ['completed', 'failed', 'cancelled', 'running'] as const) {
    const ids = await lockOver(tx, projectId, status, days)
    if (ids.length > 0) return deleteRuns(tx, ids)
  }
  return 0
}

type Prunable = 'completed' | 'failed' | 'cancelled' | 'running'

async function lockOver(
  tx: Transaction,
  projectId: string,
  status: Prunable,
  days: number,
): Promise<string[]> {
  const cutoff = sql`(select clock_timestamp() - make_interval(days => ${days}::int))`
  const isOver = status === 'running' ? isIdleSince(cutoff) : sql`r.finished_at < ${cutoff}`
  const rows = await tx.execute<{ id: string }>(sql`
    select r.id from runs r
    where r.project_id = ${projectId} and r.status = ${status}::run_status and r.started_at < ${cutoff} and ${isOver}
    order by r.started_at, r.id limit ${runsPerBatch} for update skip locked`)
  const ids = rows.map((row) => row.id)
  if (status !== 'running' || ids.length === 0) return ids
  // Only now: what was written before the lock may be newer than what the locking statement saw.
  const idle = await tx.execute<{ id: string }>(sql`
    select r.id from runs r where r.id in ${each(ids)} and ${isIdleSince(cutoff)}`)
  return idle.map((row) => row.id)
}

function isIdleSince(cutoff: ReturnType<typeof sql>) {
  return sql`not exists (
      select 1 from tool_calls t where t.run_id = r.id and greatest(t.started_at, t.ended_at) >= ${cutoff})
    and not exists (
      select 1 from approvals a
      where a.run_id = r.id and greatest(a.requested_at, a.resolved_at, a.claimed_at) >= ${cutoff})
    and not exists (
      select 1 from steps s where s.run_id = r.id and greatest(s.started_at, s.ended_at) >= ${cutoff})
    and not exists (select 1 from checkpoints c where c.run_id = r.id and c.updated_at >= ${cutoff})`
}

/** A long run goes in several batches, its steps and calls first, so that no statement grows with it. */
async function deleteRuns(tx: Transaction, ids: string[]): Promise<number> {
  const steps = await deleteSome(tx, sql`steps`, ids)
  if (steps === rowsPerBatch) return steps
  const calls = await deleteSome(tx, sql`tool_calls`, ids)
  if (calls === rowsPerBatch) return steps + calls
  await tx.execute(sql`delete from runs where id in ${each(ids)}`)
  return steps + calls + ids.length
}

async function deleteSome(tx: Transaction, table: ReturnType<typeof sql>, ids: string[]): Promise<number> {
  const { count } = await tx.execute(sql`
    delete from ${table} where id in (select id from ${table} where run_id in ${each(ids)} limit ${rowsPerBatch})`)
  return count
}

const each = (ids: string[]) => sql`(select json_array_elements_text(${JSON.stringify(ids)}::text::json))`
