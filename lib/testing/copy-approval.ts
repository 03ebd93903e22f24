import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'

/**
 * Makes copies of a pending approval by SQL, each with a run, a call and an event of its own, where a test needs
 * more of them than it has time to ask for.
 */
export async function copyApproval(db: Database, id: string, count: number): Promise<void> {
  const most = 1000
  for (let from = 1; from <= count; from += most)
    await copySome(db, id, from, Math.min(count, from + most - 1))
}

async function copySome(db: Database, id: string, from: number, to: number): Promise<void> {
  await db.execute(sql`
    with source as (
      select to_jsonb(a) as approval, to_jsonb(r) as run, to_jsonb(t) as call, to_char(n, 'FM00000') as tail, a.project_id,
        left(a.id, 25) as approval_id, left(a.run_id, 25) as run_id, left(a.call_id, 25) as call_id
      from approvals a join runs r on r.id = a.run_id join tool_calls t on t.id = a.call_id,
        generate_series(${from}::int, ${to}::int) as n
      where a.id = ${id}
    ), new_runs as (
      insert into runs select made.* from source, jsonb_populate_record(null::runs,
        run || jsonb_build_object('id', run_id || tail, 'external_id', null)) as made
    ), new_calls as (
      insert into tool_calls select made.* from source, jsonb_populate_record(null::tool_calls,
        call || jsonb_build_object('id', call_id || tail, 'run_id', run_id || tail, 'ask_key', null)) as made
    ), new_approvals as (
      insert into approvals select made.* from source, jsonb_populate_record(null::approvals, approval ||
        jsonb_build_object('id', approval_id || tail, 'call_id', call_id || tail, 'run_id', run_id || tail)) as made
    )
    insert into approval_events (project_id, approval_id, type)
      select project_id, approval_id || tail, 'requested' from source`)
}
