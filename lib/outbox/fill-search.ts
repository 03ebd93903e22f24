import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { searchText } from '@/db/queries/search-text'
import { isNotAside } from '@/db/queries/set-aside'
import { upToBytes, workInTurns, type Task } from '@/lib/work/in-turns'

const fillLock = 7_340_220
/** Of one transaction. The index of texts takes about a second for a megabyte of random text. */
const most = { approvals: 200, bytes: 1 << 18 }
/** Of a text only so much is looked at, however long the params are. */
const searchedBytes = 1 << 16
/** In a flood it rests as long as it worked, for everybody else. */
const longestRestMs = 2000

/**
 * Makes searchable what was asked for or edited, and numbered, in small transactions: each approval's text and the end of its
 * waiting in the same one, so that whoever dies in between is followed by somebody who goes on. Projects have their
 * turns; a text that cannot be written is set aside, and its approval is found without it only. One at a time
 * over all processes; others return at once.
 * @param mayGoOn asked before each transaction; what is left when it says no is done the next time
 * @returns how many approvals became searchable
 */
export async function fillSearch(db: Database, mayGoOn: () => boolean = () => true): Promise<number> {
  for (let filled = 0; ;) {
    const begun = performance.now()
    const { waiting, isAll } = mayGoOn() ? await listUnsearched(db) : nothing
    if (waiting.length === 0) return filled
    const { done, failed } = await workInTurns(db, 'search', waiting, (approvals) => fill(db, approvals))
    filled += done
    // What was asked for meanwhile is for the next time, so that a steady stream is not filled in drop by drop.
    if (failed === 0 && (done === 0 || (isAll && done === waiting.length))) return filled
    const restMs = Math.min(performance.now() - begun, longestRestMs)
    await new Promise((resolve) => setTimeout(resolve, restMs))
  }
}

type Listed = { waiting: Task[]; isAll: boolean }
const nothing: Listed = { waiting: [], isAll: true }

/** What waits and fits in a transaction, the first of each project, then the second, and so on; whether that is all. */
async function listUnsearched(db: Database): Promise<Listed> {
  const rows = await db.execute<Task & { bytes: number; count: number }>(sql`
    with recursive project as (
      (select project_id as id from approval_search_queue order by project_id limit 1)
      union all
      select (select q.project_id from approval_search_queue q where q.project_id > p.id order by q.project_id limit 1)
      from project p where p.id is not null
    ), waiting as materialized (
      select q.approval_id as id, q.project_id, q.turn
      from project p cross join lateral (
        select q.*, row_number() over (order by q.approval_id) as turn from approval_search_queue q
        where q.project_id = p.id and ${isNotAside('search', sql`q.approval_id`)}
        order by q.approval_id limit (select greatest(1, ${most.approvals}::int / count(*)) from project)
      ) q
      order by q.turn, q.approval_id limit ${most.approvals}
    )
    select w.id, w.project_id as "projectId", exists (
        select from set_aside s where s.kind = 'search' and s.subject_id = w.id) as "isAgain",
      coalesce((select least(octet_length(c.params) + coalesce(octet_length(a.edited_params), 0), ${searchedBytes}) from approvals a join tool_calls c on c.id = a.call_id
        where a.id = w.id), 0)::int as bytes,
      (select count(*) from (select from approval_search_queue limit ${most.approvals + 1}) q)::int as count
    from waiting w order by w.turn, w.id`)
  const waiting = upToBytes([...rows], most.bytes)
  return { waiting, isAll: waiting.length === (rows[0]?.count ?? 0) }
}

/** Those that are gone meanwhile only stop waiting; those that were edited get another text. */
async function fill(db: Database, approvals: Task[]): Promise<string[]> {
  return db.transaction(async (tx) => {
    const [lock] = await tx.execute<{ held: boolean }>(
      sql`select pg_try_advisory_xact_lock(${fillLock}) as held`,
    )
    if (!lock?.held) return []
    const taken = await tx.execute<{ id: string }>(sql`
      with taken as (
        delete from approval_search_queue q
        using json_to_recordset(${JSON.stringify(approvals)}::text::json) as w("projectId" text, id text)
        where q.project_id = w."projectId" and q.approval_id = w.id
        returning approval_id
      ), filled as (
        insert into approval_search (approval_id, project_id, tool_call_id, text)
        select a.id, a.project_id, c.tool_call_id, ${searchText}
        from approvals a join tool_calls c on c.id = a.call_id join runs r on r.id = a.run_id
        where a.id = any(array(select approval_id from taken))
        on conflict (approval_id) do update set text = excluded.text where approval_search.text <> excluded.text
      )
      select approval_id as id from taken`)
    return taken.map((row) => row.id)
  })
}
