import { sql, type SQL } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { isId } from '@/lib/ids'
import type { ApprovalStatus } from './approvals'
import { runIdNamed } from './runs'
import { contains, searchText } from './search-text'

/** Where an approval stands in lists: pending first, newest first within. `at` is PostgreSQL's text. */
export type Place = { id: string; isPending: boolean; at: string }

/** What a list is asked for, with its statuses written out. */
export type Wanted = {
  projectId: string
  statuses: ApprovalStatus[]
  agent?: string | undefined
  tool?: string | undefined
  runId?: string | undefined
  toolCallId?: string | undefined
  q?: string | undefined
  after: Place | undefined
  signal?: AbortSignal | undefined
  /** Rows of a page, and one more. */
  limit: number
}

type Row = { id: string | null; isPending: boolean; at: string }

const toPlace = ({ id, isPending, at }: Row): Place => ({ id: id ?? '', isPending, at })
/** A bound as part of the statement's text: what a planner does not know it takes for a tenth of the table. */
const number = (value: number) => sql.raw(String(Math.trunc(value)))
const inOrder = (row: SQL) =>
  sql`order by ${row}.is_pending desc, ${row}.requested_at desc nulls last, ${row}.id desc nulls last`

/** The first of a list by its indexes alone; for lists by status, agent and tool. */
export async function firstPlaces(db: Queryable, wanted: Wanted): Promise<Place[]> {
  const rows = await db.execute<Row>(sql`
    select w.id, w.is_pending as "isPending", w.requested_at as at
    from (${walk(wanted, wanted.limit)}) w ${inOrder(sql`w`)}`)
  return rows.map(toPlace)
}

/** How far a walk came; `last` is set where more lies beyond. */
export type Walked = { places: Place[]; last: Place | undefined }

/** Those of the first `most` of a list that the search fits, in order. */
export async function matchingPlaces(db: Queryable, wanted: Wanted, most: number): Promise<Walked> {
  const rows = await db.execute<
    Row & { seen: number; lastId: string | null; lastIsPending: boolean; lastAt: string }
  >(sql`
    with walked as materialized (${walk(wanted, most)}),
    hits as (select w.* from walked w where ${matches(sql`w.id`, wanted)} ${inOrder(sql`w`)}
      limit ${number(wanted.limit)}),
    last as (select * from walked w order by w.is_pending, w.requested_at, w.id limit 1)
    select hits.id, hits.is_pending as "isPending", hits.requested_at as at, walk.seen,
      last.id as "lastId", last.is_pending as "lastIsPending", last.requested_at as "lastAt"
    from (select count(*)::int as seen from walked) walk left join last on true left join hits on true
    ${inOrder(sql`hits`)}`)
  const [first] = rows
  const places = rows.filter((row) => row.id !== null).map(toPlace)
  if (!first || first.seen < most || first.lastId === null) return { places, last: undefined }
  return { places, last: { id: first.lastId, isPending: first.lastIsPending, at: first.lastAt } }
}

/**
 * The first of a list among what an index finds by run, tool call or text, and what is too new to be in it.
 * @param word part of the text, for which the index is asked instead of all of it
 * @returns undefined where the index finds more than `most` by tool call or text
 */
export async function foundPlaces(
  db: Queryable,
  wanted: Wanted,
  most: number,
  word?: string,
): Promise<Place[] | undefined> {
  const { projectId, runId, q, after } = wanted
  const isOfRun = runId !== undefined
  const found = isOfRun
    ? idsOfRun(projectId, runId)
    : sql`select id from indexed where (select indexed from counted) <= ${number(most)}
        union ${notYetIndexed(wanted)} ${q === undefined ? sql`` : sql`union ${idsNamed(projectId, q)}`}`
  const rows = await db.execute<Row & { indexed: number }>(sql`
    with indexed as materialized (${isOfRun ? sql`select null::text as id limit 0` : idsIndexed(wanted, word)}),
    counted as materialized (
      select count(*)::int as indexed from (select from indexed limit ${number(most + 1)}) capped),
    page as (
      select p.id, p.status = 'pending' as is_pending, p.requested_at from approvals p
      where p.id = any(array(${found})) and p.project_id = ${projectId}
        and p.status = any(${enumArray(wanted.statuses)}) ${facets(sql`p`, wanted)}
        ${isOfRun || word !== undefined ? sql`and ${matches(sql`p.id`, wanted)}` : sql``}
        ${
          after &&
          sql`and (p.status = 'pending', p.requested_at, p.id)
            < (${after.isPending}::boolean, ${after.at}::timestamptz, ${after.id})`
        }
      order by 2 desc, 3 desc, 1 desc limit ${number(wanted.limit)})
    select page.id, page.is_pending as "isPending", page.requested_at as at, counted.indexed
    from counted left join page on true ${inOrder(sql`page`)}`)
  if ((rows[0]?.indexed ?? 0) > most) return undefined
  return rows.filter((row) => row.id !== null).map(toPlace)
}

/** The first `most` of a list without its search: each status by its own index, then merged. */
function walk(wanted: Wanted, most: number): SQL {
  const { after, projectId } = wanted
  const from = sql`from approvals a where a.project_id = ${projectId} ${facets(sql`a`, wanted)}`
  const beyond = after && sql`and (a.requested_at, a.id) < (${after.at}::timestamptz, ${after.id})`
  const order = sql`order by a.requested_at desc nulls last, a.id desc nulls last limit ${number(most)}`
  const pending = sql`select a.id, true as is_pending, a.requested_at ${from} and a.status = 'pending'
    ${beyond} ${order}`
  const decided = sql`select w.id, false as is_pending, w.requested_at
    from unnest(${enumArray(wanted.statuses.filter((status) => status !== 'pending'))}) as s(status)
    cross join lateral (select a.id, a.requested_at ${from} and a.status = s.status and a.status <> 'pending'
      ${after?.isPending ? sql`` : beyond} ${order}) w`
  const hasPending = wanted.statuses.includes('pending') && after?.isPending !== false
  const parts = hasPending ? sql`(${pending}) union all (${decided})` : decided
  return sql`select * from (${parts}) merged ${inOrder(sql`merged`)} limit ${number(most)}`
}

function enumArray(statuses: ApprovalStatus[]): SQL {
  return sql`${`{${statuses.join()}}`}::approval_status[]`
}

function facets(row: SQL, { agent, tool }: Wanted): SQL {
  return sql`${agent === undefined ? sql`` : sql`and ${row}.agent_name = ${agent}`}
    ${tool === undefined ? sql`` : sql`and ${row}.tool = ${tool}`}`
}

/** Whether the search fits one approval, not called `a`; what has no text of its own yet is looked at as it is. */
function matches(id: SQL, { q, toolCallId }: Wanted): SQL {
  const of = (indexed: SQL, plain: SQL) => sql`coalesce(
    (select ${indexed} from approval_search s where s.approval_id = ${id}),
    (select ${plain} from approvals a join tool_calls c on c.id = a.call_id join runs r on r.id = a.run_id
      where a.id = ${id}))`
  const parts = [sql`true`]
  if (toolCallId !== undefined)
    parts.push(sql`${of(sql`s.tool_call_id`, sql`c.tool_call_id`)} = ${toolCallId}`)
  if (q !== undefined) {
    const isNamed = sql`${id} = ${q} or (select n.run_id from approvals n where n.id = ${id}) = ${q}`
    const hasText = contains(of(sql`s.text`, searchText), q)
    parts.push(isApprovalName(q) ? sql`(${hasText} or ${isNamed})` : hasText)
  }
  return sql.join(parts, sql` and `)
}

/** Whether text is an approval's or a run's whole id, by which it is found as well. */
export function isApprovalName(q: string): boolean {
  return isId('approval', q) || isId('run', q)
}

function idsNamed(projectId: string, q: string): SQL {
  return sql`select a.id from approvals a where a.project_id = ${projectId} and a.id = ${q}
    union select a.id from approvals a where a.project_id = ${projectId} and a.run_id = ${q}`
}

function idsOfRun(projectId: string, runId: string): SQL {
  return sql`select a.id from approvals a
    where a.project_id = ${projectId} and a.run_id = (${runIdNamed(projectId, runId)})`
}

function idsIndexed({ projectId, q, toolCallId }: Wanted, word = q): SQL {
  return sql`select s.approval_id as id from approval_search s where s.project_id = ${projectId}
    ${toolCallId === undefined ? sql`` : sql`and s.tool_call_id = ${toolCallId}`}
    ${word === undefined ? sql`` : sql`and ${contains(sql`s.text`, word)}`}`
}

/** Of what waits to be in the index, so many texts are looked at; a flood of long ones would take seconds. */
const mostTexts = 100

/**
 * What is too new to be in the index, looked at as it is. An array, because the planner, which may have counted in a
 * rush, would otherwise join whole tables for the few that there are.
 */
function notYetIndexed({ projectId, q, toolCallId }: Wanted): SQL {
  const newest = q === undefined ? sql`` : sql`limit ${number(mostTexts)}`
  return sql`select a.id from approvals a join tool_calls c on c.id = a.call_id join runs r on r.id = a.run_id
    where a.id = any(array(
      (select approval_id from approval_events
        where seq is null and type = 'requested' and project_id = ${projectId} order by id desc ${newest})
      union all
      (select approval_id from approval_search_queue
        where project_id = ${projectId} order by approval_id desc ${newest})))
      ${toolCallId === undefined ? sql`` : sql`and c.tool_call_id = ${toolCallId}`}
      ${q === undefined ? sql`` : sql`and ${contains(searchText, q)}`}`
}
