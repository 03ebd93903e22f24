import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '@/db/client'
import { isNotAside } from '@/db/queries/set-aside'
import type { JobName } from '@/lib/jobs/table'
import { isMoreDue, workInTurns, type Task } from '@/lib/work/in-turns'

const dispatchLock = 7_340_213
const batchSize = 500
/** So many of the oldest are looked at, for a batch that takes of each project in turn. */
const lookedAt = 20_000

/**
 * Takes what changed out of the outbox: numbers the events of each project in order, without gaps, and in the same
 * transaction notes what is to be made searchable and makes the jobs that tell of it all. Nothing in it grows with
 * what was asked for. Projects have their turns, and one whose events fail holds up no other. One dispatcher at a
 * time over all processes; others return at once. The work on the decision path is one row; this is all that comes
 * after it.
 * @returns how many events were dispatched
 */
export async function dispatchEvents(db: Database): Promise<number> {
  let dispatched = 0
  for (;;) {
    const waiting = await listWaiting(db)
    if (waiting.length === 0) return dispatched
    const round = await workInTurns(db, 'dispatch', waiting, (events) => dispatch(db, events))
    dispatched += round.done
    if (!isMoreDue(round, waiting.length, batchSize)) return dispatched
  }
}

/** Of the events that have no number yet, the first of each project, then the second, and so on. */
async function listWaiting(db: Database): Promise<Task[]> {
  const rows = await db.execute<Task>(sql`
    select t.id::text as id, t.project_id as "projectId", exists (
      select from set_aside s where s.kind = 'dispatch' and s.subject_id = t.id::text) as "isAgain"
    from (
      select id, project_id, row_number() over (partition by project_id order by id) as turn
      from (
        select e.id, e.project_id from approval_events e
        where e.seq is null and ${isNotAside('dispatch', sql`e.id::text`)} order by e.id limit ${lookedAt}
      ) oldest
    ) t
    order by t.turn, t.id limit ${batchSize}`)
  return [...rows]
}

async function dispatch(db: Database, events: Task[]): Promise<string[]> {
  return db.transaction(async (tx) => {
    const [lock] = await tx.execute<{ held: boolean }>(
      sql`select pg_try_advisory_xact_lock(${dispatchLock}) as held`,
    )
    if (!lock?.held) return []
    const numbered = await numberEvents(tx, events)
    await queueEvents(tx, numbered)
    return numbered.map((event) => event.id)
  })
}

type Numbered = { id: string; projectId: string; seq: string }

async function numberEvents(tx: Transaction, events: Task[]): Promise<Numbered[]> {
  const ids = `{${events.map((event) => event.id).join()}}`
  const rows = await tx.execute<Numbered>(sql`
    with waiting as materialized (
      select id, project_id from approval_events where id = any(${ids}::bigint[]) and seq is null
    ), heads as materialized (
      select p.project_id, coalesce((select max(e.seq) from approval_events e where e.project_id = p.project_id), 0) as seq
      from (select distinct project_id from waiting) p
    ), numbers as (
      select w.id, row_number() over (partition by w.project_id order by w.id) + h.seq as seq
      from waiting w join heads h using (project_id)
    ), numbered as (
      update approval_events e set seq = n.seq from numbers n where e.id = n.id
      returning e.id, e.project_id, e.seq, e.type, e.approval_id
    ), unsearched as (
      insert into approval_search_queue (project_id, approval_id)
      select project_id, approval_id from numbered where type in ('requested', 'denied', 'edited') on conflict do nothing
    )
    select id::text as id, project_id as "projectId", seq::text as seq from numbered order by id`)
  return [...rows]
}

const tellEvent: JobName = 'tell_event'
const eventsPerJob = 250
/** More of a project within ten seconds are a flood: telling of them stands back behind the other projects'. */
const floodSize = 500

/**
 * A few jobs for all events, each of one project, in one statement; telling people and webhooks is theirs. Those of a
 * flood are done one at a time, and after those of others.
 */
async function queueEvents(tx: Transaction, events: Numbered[]): Promise<void> {
  if (events.length === 0) return
  await tx.execute(sql`
    with portion as (
      select "projectId" as project_id, json_agg(id order by id) as ids, min(id) as first, min(seq) as first_seq
      from (
        select *, row_number() over (partition by "projectId" order by id) - 1 as n
        from json_to_recordset(${JSON.stringify(events)}::text::json) as e(id bigint, "projectId" text, seq bigint)
      ) e
      group by "projectId", n / ${eventsPerJob}::int
    ), job as (
      select *, coalesce((
        select b.at > now() - interval '10 seconds' from approval_events b
        where b.project_id = portion.project_id and b.seq = portion.first_seq - ${floodSize}::int), false) as is_flood
      from portion
    )
    select count(*) from graphile_worker.add_jobs(array(
      select row(${tellEvent}, json_build_object('event_ids', ids), case when is_flood then 'tell:' || project_id end,
        null, null, 'events:' || first, is_flood::int, null)::graphile_worker.job_spec
      from job order by first))`)
}
