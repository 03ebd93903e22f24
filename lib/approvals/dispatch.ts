import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import { fillSearch } from './fill-search'

const dispatchLock = 7_340_213
const batchSize = 500

/**
 * Takes what changed out of the outbox: numbers the events of each project in order, without gaps, and in
 * the same transaction makes what was asked for searchable and the jobs that tell of it all. One dispatcher at a time over all processes;
 * others return at once. The work on the decision path is one row; this is all that comes after it.
 * @returns how many events were dispatched
 */
export async function dispatchEvents(db: Database): Promise<number> {
  let dispatched = 0
  for (;;) {
    const count = await db.transaction(dispatchBatch)
    dispatched += count
    if (count < batchSize) return dispatched
  }
}

async function dispatchBatch(tx: Transaction): Promise<number> {
  const [lock] = await tx.execute<{ held: boolean }>(
    sql`select pg_try_advisory_xact_lock(${dispatchLock}) as held`,
  )
  if (!lock?.held) return 0
  const events = await tx.execute<DispatchedEvent>(sql`
    with waiting as materialized (
      select id, project_id from approval_events where seq is null order by id limit ${batchSize}
    ), heads as materialized (
      select p.project_id, coalesce((select max(e.seq) from approval_events e where e.project_id = p.project_id), 0) as seq
      from (select distinct project_id from waiting) p
    ), numbered as (
      select w.id, row_number() over (partition by w.project_id order by w.id) + h.seq as seq
      from waiting w join heads h using (project_id)
    )
    update approval_events e set seq = n.seq from numbered n where e.id = n.id
    returning e.id::int8 as id, e.type, e.approval_id as "approvalId"`)
  const asked = events.filter((event) => event.type === 'requested')
  await fillSearch(
    tx,
    asked.map((event) => event.approvalId),
  )
  await queueEvents(tx, events)
  return events.length
}

type DispatchedEvent = { id: string; type: string; approvalId: string }

const eventsPerJob = 250

/** A few jobs for all events, in one statement; telling people and webhooks is theirs. */
async function queueEvents(tx: Transaction, events: DispatchedEvent[]): Promise<void> {
  if (events.length === 0) return
  const ids = JSON.stringify(events.map((event) => Number(event.id)))
  await tx.execute(sql`
    select count(*) from graphile_worker.add_jobs(array(
      select row('tell_event', json_build_object('event_ids', json_agg(e.id::bigint)), null, null, null,
        'events:' || min(e.id::bigint), null, null)::graphile_worker.job_spec
      from json_array_elements_text(${ids}::text::json) with ordinality as e(id, n)
      group by (e.n - 1) / ${eventsPerJob}::int))`)
}
