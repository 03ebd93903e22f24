import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { isOneOf } from '@/db/one-of'
import { isNotAside } from '@/db/queries/set-aside'
import { upToBytes } from '@/lib/work/in-turns'

/** Rows of each kind that one transaction deletes, and how long they are together, unless one alone is longer. */
const rowsPerBatch = 500
const bytesPerBatch = 32 << 20

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
 * @param most runs that one transaction takes up
 * @returns how many rows were deleted, not counting what hangs on tool calls and runs; 0 where nothing is due
 * @throws PruneError where the only run cannot be deleted
 */
export async function pruneRuns(
  tx: Transaction,
  projectId: string,
  days: number,
  most = 200,
): Promise<number> {
  for (const status of ['completed', 'failed', 'cancelled', 'running'] as const) {
    const ids = await lockOver(tx, projectId, status, days, most)
    const [first] = ids
    if (first === undefined) continue
    return deleteRuns(tx, ids).catch((error: unknown) => {
      throw ids.length === 1 ? new PruneError(first, error) : error
    })
  }
  return 0
}

/** Says which row alone could not be deleted. */
export class PruneError extends Error {
  constructor(
    readonly subjectId: string,
    cause: unknown,
  ) {
    super('a row could not be deleted', { cause })
  }
}

type Prunable = 'completed' | 'failed' | 'cancelled' | 'running'

async function lockOver(
  tx: Transaction,
  projectId: string,
  status: Prunable,
  days: number,
  most: number,
): Promise<string[]> {
  const cutoff = sql`(select clock_timestamp() - make_interval(days => ${days}::int))`
  const isOver = status === 'running' ? isIdleSince(cutoff) : sql`r.finished_at < ${cutoff}`
  const rows = await tx.execute<{ id: string }>(sql`
    select r.id from runs r
    where r.project_id = ${projectId} and r.status = ${status}::run_status and r.started_at < ${cutoff} and ${isOver}
      and ${isNotAside('prune', sql`r.id`)}
    order by r.started_at, r.id limit ${most} for update of r skip locked`)
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

/**
 * A long run goes in several batches, its steps, calls and checkpoint first, so that no statement grows with it, nor
 * with what its agent sent.
 */
async function deleteRuns(tx: Transaction, ids: string[]): Promise<number> {
  let deleted = 0
  for (const [table, key, texts] of partsOfRuns) {
    const found = await tx.execute<{ id: string; bytes: number }>(sql`
      select ${sql.identifier(key)} as id, ${sql.raw(texts.map((text) => `coalesce(octet_length(${text}), 0)`).join(' + '))} as bytes
      from ${sql.identifier(table)} where run_id in ${each(ids)} limit ${rowsPerBatch}`)
    const some = upToBytes([...found], bytesPerBatch).map((row) => row.id)
    if (some.length > 0)
      await tx.execute(sql`delete from ${sql.identifier(table)} where ${isOneOf(sql.identifier(key), some)}`)
    deleted += some.length
    if (some.length < found.length || some.length === rowsPerBatch) return deleted
  }
  await tx.execute(sql`delete from runs where id in ${each(ids)}`)
  return deleted + ids.length
}

/** The tables whose rows hang on runs, with their keys and what agents sent in them. */
const partsOfRuns: [table: string, key: string, texts: string[]][] = [
  ['steps', 'id', ['input', 'output']],
  ['tool_calls', 'id', ['params', 'context', 'output']],
  ['checkpoints', 'run_id', ['body']],
]

const each = (ids: string[]) => sql`(select json_array_elements_text(${JSON.stringify(ids)}::text::json))`
