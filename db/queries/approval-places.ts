import { sql, type SQL } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import type { CueFilter } from '@/lib/approvals/context/cue-filter'
import type { ApprovalSort } from '@/lib/approvals/statuses'
import { isId } from '@/lib/ids'
import { isWildcard, wildcardExpression } from '@/lib/policy/wildcard'
import type { ApprovalStatus } from './approvals'
import { hasCue } from './approval-cues'
import { waitsFor, type AskedPerson } from './asked-person'
import { runIdNamed } from './runs'
import { contains, searchText } from './search-text'
import { isSnoozedBy, type SnoozedBy } from './snoozes'

/** Where an approval stands in lists: pending first, by its sort's times within. `at` is PostgreSQL's text. */
export type Place = { id: string; isPending: boolean; at: string }

/** By times there are indexes; by amounts `largest.ts` goes. */
type SortByTime = Exclude<ApprovalSort, 'largest'>

/** What a list is asked for, with its statuses written out. */
export type Wanted = {
  projectId: string
  statuses: ApprovalStatus[]
  sort: SortByTime
  agent?: string | undefined
  /** A name, or a wildcard as in policies. */
  tool?: string | undefined
  ids?: readonly string[] | undefined
  runId?: string | undefined
  toolCallId?: string | undefined
  q?: string | undefined
  asked?: AskedPerson | undefined
  assignee?: string | null | undefined
  rule?: string | undefined
  dueWithin?: number | undefined
  snoozed?: SnoozedBy | undefined
  cue?: CueFilter | undefined
  after: Place | undefined
  signal?: AbortSignal | undefined
  /** Rows of a page, and one more. */
  limit: number
}

type Row = { id: string | null; isPending: boolean; at: string }

const toPlace = ({ id, isPending, at }: Row): Place => ({ id: id ?? '', isPending, at })
/** A bound as part of the statement's text: what a planner does not know it takes for a tenth of the table. */
export const number = (value: number) => sql.raw(String(Math.trunc(value)))

type Order = { column: SQL; isRising: boolean }

const asked = sql.raw('requested_at')
const falling = (column: SQL): Order => ({ column, isRising: false })
const rising = (column: SQL): Order => ({ column, isRising: true })
const latestDecided = falling(sql.raw('resolved_at'))

/** The times by which what is pending is sorted, and what is decided. */
const orders: Record<SortByTime, { pending: Order; decided: Order }> = {
  newest: { pending: falling(asked), decided: falling(asked) },
  oldest: { pending: rising(asked), decided: rising(asked) },
  deadline: { pending: rising(sql.raw('expires_at')), decided: latestDecided },
  decided: { pending: falling(asked), decided: latestDecided },
}

/** As our indexes have it, read forwards or backwards. */
const along = ({ isRising }: Order) => sql.raw(isRising ? 'asc nulls first' : 'desc nulls last')
const beyondOf = ({ isRising }: Order) => sql.raw(isRising ? '>' : '<')

function inOrder(row: SQL, { sort }: Wanted): SQL {
  const { pending, decided } = orders[sort]
  if (pending.isRising === decided.isRising)
    return sql`order by ${row}.is_pending desc, ${row}.at ${along(pending)}, ${row}.id ${along(pending)}`
  return sql`order by ${row}.is_pending desc, case when ${row}.is_pending then ${row}.at end ${along(pending)},
    case when ${row}.is_pending then ${row}.id end ${along(pending)}, ${row}.at ${along(decided)}, ${row}.id ${along(decided)}`
}

/** The first of a list by its indexes alone; for lists by status, agent and tool. */
export async function firstPlaces(db: Queryable, wanted: Wanted): Promise<Place[]> {
  const rows = await db.execute<Row>(sql`
    select w.id, w.is_pending as "isPending", w.at
    from (${walk(wanted, wanted.limit)}) w ${inOrder(sql`w`, wanted)}`)
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
    hits as (select w.* from walked w where ${matches(sql`w.id`, wanted)} ${isFaceted(wanted) ? sql`` : facets(sql`w`, wanted)} ${inOrder(sql`w`, wanted)}
      limit ${number(wanted.limit)}),
    last as (select * from walked w ${inOrder(sql`w`, wanted)} offset ${number(most - 1)} limit 1)
    select hits.id, hits.is_pending as "isPending", hits.at, walk.seen,
      last.id as "lastId", last.is_pending as "lastIsPending", last.at as "lastAt"
    from (select count(*)::int as seen from walked) walk left join last on true left join hits on true
    ${inOrder(sql`hits`, wanted)}`)
  const [first] = rows
  const places = rows.filter((row) => row.id !== null).map(toPlace)
  if (!first || first.seen < most || first.lastId === null) return { places, last: undefined }
  return { places, last: { id: first.lastId, isPending: first.lastIsPending, at: first.lastAt } }
}

/**
 * The first of a list among what an index finds by id, run, tool call or text, and what is too new to be in it.
 * @param word part of the text, for which the index is asked instead of all of it
 * @returns undefined where the index finds more than `most` by tool call or text
 */
export async function foundPlaces(
  db: Queryable,
  wanted: Wanted,
  most: number,
  word?: string,
): Promise<Place[] | undefined> {
  const { projectId, ids, runId, q } = wanted
  const { pending, decided } = orders[wanted.sort]
  const isNamed = ids !== undefined || runId !== undefined
  const found = isNamed
    ? sql.join(
        [...(ids ? [idsGiven(ids)] : []), ...(runId === undefined ? [] : [idsOfRun(projectId, runId)])],
        sql` intersect `,
      )
    : sql`select id from indexed where (select indexed from counted) <= ${number(most)}
        union ${notYetIndexed(wanted)} ${q === undefined ? sql`` : sql`union ${idsNamed(projectId, q)}`}`
  const rows = await db.execute<Row & { indexed: number }>(sql`
    with indexed as materialized (${isNamed ? sql`select null::text as id limit 0` : idsIndexed(wanted, word)}),
    counted as materialized (
      select count(*)::int as indexed from (select from indexed limit ${number(most + 1)}) capped),
    page as (
      select p.id, p.status = 'pending' as is_pending,
        case when p.status = 'pending' then p.${pending.column} else p.${decided.column} end as at
      from approvals p
      where p.id = any(array(${found})) and p.project_id = ${projectId}
        and p.status = any(${enumArray(wanted.statuses)}) ${facets(sql`p`, wanted)}
        ${isNamed || word !== undefined ? sql`and ${matches(sql`p.id`, wanted)}` : sql``}
        ${afterPlace(wanted)}),
    first as (select * from page ${inOrder(sql`page`, wanted)} limit ${number(wanted.limit)})
    select first.id, first.is_pending as "isPending", first.at, counted.indexed
    from counted left join first on true ${inOrder(sql`first`, wanted)}`)
  if ((rows[0]?.indexed ?? 0) > most) return undefined
  return rows.filter((row) => row.id !== null).map(toPlace)
}

function afterPlace({ after, sort }: Wanted): SQL {
  if (!after) return sql``
  const { pending, decided } = orders[sort]
  const beyond = (order: Order) =>
    sql`(p.${order.column}, p.id) ${beyondOf(order)} (${after.at}::timestamptz, ${after.id})`
  if (!after.isPending) return sql`and p.status <> 'pending' and ${beyond(decided)}`
  return sql`and (p.status <> 'pending' or ${beyond(pending)})`
}

/** As the index of deadlines says it, and no other. */
export const isPending = sql.raw(`a.status = 'pending' and a.resolved_at is null`)

/** The first `most` of a list without its search: each status by its own index, then merged. */
function walk(wanted: Wanted, most: number): SQL {
  const { after, projectId, sort } = wanted
  const { pending, decided } = orders[sort]
  const part = (order: Order, isBegun: boolean, facet: SQL, status: SQL) => {
    const beyond =
      after && isBegun
        ? sql`and (a.${order.column}, a.id) ${beyondOf(order)} (${after.at}::timestamptz, ${after.id})`
        : sql``
    return sql`from approvals a where a.project_id = ${projectId} ${facet} and ${status} ${beyond}
      order by a.${order.column} ${along(order)}, a.id ${along(order)} limit ${number(most)}`
  }
  const looked = isFaceted(wanted) ? sql`` : sql`a.agent_name, a.tool,`
  const ofPending = sql`select a.id, ${looked} a.${pending.column} as at, true as is_pending
    ${part(pending, true, facets(sql`a`, wanted), sort === 'deadline' ? isPending : sql`a.status = 'pending'`)}`
  const isDecided = sql`a.status = s.status and a.status <> 'pending'`
  const ofDecided = sql`select w.*, false as is_pending
    from unnest(${enumArray(wanted.statuses.filter((status) => status !== 'pending'))}) as s(status)
    cross join lateral (select a.id, ${looked} a.${decided.column} as at
      ${part(decided, after?.isPending === false, facets(sql`a`, byIndex(wanted)), isDecided)}) w`
  const hasPending = wanted.statuses.includes('pending') && after?.isPending !== false
  const parts = hasPending ? sql`(${ofPending}) union all (${ofDecided})` : ofDecided
  return sql`select * from (${parts}) merged ${inOrder(sql`merged`, wanted)} limit ${number(most)}`
}

function enumArray(statuses: ApprovalStatus[]): SQL {
  return sql`${`{${statuses.join()}}`}::approval_status[]`
}

type Facets = Pick<Wanted, 'agent' | 'tool' | 'asked' | 'assignee' | 'rule' | 'dueWithin' | 'snoozed' | 'cue'>

/** Those by which an index has what is decided in this order; the others are looked for as a text is. */
function byIndex({ sort, agent, tool }: Wanted): Facets {
  if (orders[sort].decided.column !== asked) return {}
  return tool !== undefined && isWildcard(tool) ? { agent } : { agent, tool }
}

/** Whether the indexes of a walk have all that is wanted by agent and tool. */
function isFaceted(wanted: Wanted): boolean {
  if (wanted.statuses.every((status) => status === 'pending')) return true
  const { agent, tool } = byIndex(wanted)
  return agent === wanted.agent && tool === wanted.tool
}

/** Whether a walk by the indexes alone finds what is wanted: nothing more has to be looked at in each. */
export function isByIndex(wanted: Wanted): boolean {
  if (wanted.toolCallId !== undefined || wanted.q !== undefined) return false
  return isFaceted(wanted)
}

export function facets(row: SQL, wanted: Facets): SQL {
  const { agent, tool, asked: person, assignee, rule, dueWithin, snoozed, cue } = wanted
  const ofTool =
    tool === undefined
      ? sql``
      : isWildcard(tool)
        ? sql`and ${row}.tool ~ ${wildcardExpression(tool)}`
        : sql`and ${row}.tool = ${tool}`
  const ofPerson = person === undefined ? sql`` : sql`and ${waitsFor(row, person)}`
  const ofAssignee =
    assignee === undefined ? sql`` : sql`and ${row}.assignee_id is not distinct from ${assignee}::text`
  const ofRule = rule === undefined ? sql`` : sql`and ${ruleOf(row)} = ${rule}`
  const isDueSoon =
    dueWithin === undefined
      ? sql``
      : sql`and ${row}.expires_at < (select clock_timestamp()) + ${number(dueWithin)} * interval '1 second'`
  return sql`${agent === undefined ? sql`` : sql`and ${row}.agent_name = ${agent}`} ${ofTool} ${ofPerson} ${ofAssignee}
    ${ofRule} ${isDueSoon} ${snoozed === undefined ? sql`` : sql`and ${isSnoozedBy(row, snoozed)}`}
    ${cue === undefined ? sql`` : sql`and ${hasCue(row, cue)}`}`
}

/** What a rule that fired is called in lists: its condition, or where it has none the tools that it is for. */
export const ruleOf = (row: SQL) => sql`coalesce(${row}.rule_condition, ${row}.rule_tool)`

/** Whether the search fits one approval, not called `a`; what has no text of its own yet is looked at as it is. */
export function matches(id: SQL, { q, toolCallId }: Pick<Wanted, 'q' | 'toolCallId'>): SQL {
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

/** Whether `a` is pending, not yet due and fits a list's filters but its texts. */
export function isOpen(wanted: Wanted): SQL {
  const { projectId, runId } = wanted
  const ofRun = runId === undefined ? sql`` : sql`and a.run_id = (${runIdNamed(projectId, runId)})`
  return sql`a.project_id = ${projectId} and ${isPending} and a.expires_at > (select clock_timestamp())
    ${ofRun} ${facets(sql`a`, wanted)}`
}

/** How many of what is pending and not yet due a list's filters fit; of the first `most`, one by one. */
export async function countMatching(db: Queryable, wanted: Wanted, most: number): Promise<number> {
  const [row] = await db.execute<{ count: number }>(sql`
    with walked as materialized (select a.id from approvals a where ${isOpen(wanted)}
      order by a.expires_at asc nulls first limit ${number(most)})
    select count(*)::int as count from walked w where ${matches(sql`w.id`, wanted)}`)
  return row?.count ?? 0
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

export function idsGiven(ids: readonly string[]): SQL {
  return sql`select json_array_elements_text(${JSON.stringify(ids)}::text::json)`
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
