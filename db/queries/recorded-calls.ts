import { sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { isOneOf } from '../one-of'

/** A call that an agent once asked for, without its texts. */
export type RecordedCall = {
  id: string
  tool: string
  /** Whether it was held for a person. */
  isHeld: boolean
  /** What its texts take. */
  bytes: number
}

/** A long run is not read to its end, nor are all of very many. */
const mostOfRun = 5000
const mostRead = 20_000

/**
 * An agent's newest calls, each once: the newest `most` that were held for a person, newest first, then the newest
 * `most` of its newest runs.
 */
export async function listRecordedCalls(
  db: Queryable,
  agent: { projectId: string; id: string; name: string },
  most: number,
): Promise<RecordedCall[]> {
  const rows = await db.execute<RecordedCall>(sql`
    with newest_runs as (
      select r.id, r.started_at from unnest(enum_range(null::run_status)) as s(status)
      cross join lateral (
        select id, started_at from runs
        where project_id = ${agent.projectId} and agent_name = ${agent.name} and status = s.status
        order by started_at desc nulls last, id desc nulls last limit ${most}) r
    ), recorded as (
      select id from (
        select c.id, c.started_at from (select id from newest_runs order by started_at desc) r
        cross join lateral (
          select id, started_at from tool_calls where run_id = r.id limit ${mostOfRun}) c
        limit ${mostRead}) c
      order by started_at desc, id desc limit ${most}
    ), decided as (
      select a.call_id as id from unnest(enum_range(null::approval_status)) as s(status)
      cross join lateral (
        select call_id, requested_at from approvals
        where project_id = ${agent.projectId} and agent_name = ${agent.name} and status = s.status and status <> 'pending'
        order by requested_at desc nulls last, id desc nulls last limit ${most}) a
      order by a.requested_at desc limit ${most}
    ), pending as (
      select call_id as id from approvals where agent_id = ${agent.id} and status = 'pending'
      order by requested_at desc limit ${most}
    )
    select c.id, c.tool, c.required as "isHeld", (octet_length(c.params) + coalesce(octet_length(c.context), 0)
      + coalesce(octet_length(r.context), 0))::int as bytes
    from (select id from recorded union select id from decided union select id from pending) newest
    join tool_calls c on c.id = newest.id
    join runs r on r.id = c.run_id
    order by c.required desc, c.started_at desc, c.id desc`)
  return [...rows]
}

/** What a policy judges of a call, as the texts that came. */
export type RecordedTexts = {
  id: string
  tool: string
  params: string
  context: string | null
  runId: string
  runContext: string | null
  /** RFC 3339, in UTC. */
  startedAt: string
  /** Of the approval that held it, if one did. */
  approvalId: string | null
}

/** The texts of calls by their ids, in no order. */
export async function listRecordedTexts(db: Queryable, ids: string[]): Promise<RecordedTexts[]> {
  const rows = await db.execute<RecordedTexts>(sql`
    select c.id, c.tool, c.params, c.context, c.run_id as "runId", r.context as "runContext",
      to_char(c.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "startedAt", a.id as "approvalId"
    from tool_calls c
    join runs r on r.id = c.run_id
    left join approvals a on a.call_id = c.id
    where ${isOneOf(sql`c.id`, ids)}`)
  return [...rows]
}
