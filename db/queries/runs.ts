import { and, eq, sql, type SQL } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { approvals } from '@/db/schema/approvals'
import { checkpoints, runs, runStatus, toolCalls } from '@/db/schema/runs'
import { grantMinutes } from '@/lib/approvals/transition'
import { isWildcard, wildcardExpression } from '@/lib/policy/wildcard'
import { isOneOf } from '../one-of'
import { bytesOf, ifWithin, isWithinBytes, cutPage } from './bounded'
import { decodeCursor, encodeCursor, type Page } from './cursor'
import { newestFirst } from './newest-first'
import { contains } from './search-text'

/** How long JSON begins; only where it was asked for. */
export type Brief = { input: string | null; output: string | null }

export type RunStatus = (typeof runs.$inferSelect)['status']
export type RunRecord = NonNullable<Awaited<ReturnType<typeof findRun>>>
const columns = {
  id: runs.id,
  projectId: runs.projectId,
  agentId: runs.agentId,
  agentName: runs.agentName,
  externalId: runs.externalId,
  policyVersion: runs.policyVersion,
  status: runs.status,
  pendingCount: runs.pendingCount,
  input: runs.input,
  context: runs.context,
  output: runs.output,
  error: runs.error,
  truncatedBytes: runs.truncatedBytes,
  initiator: runs.initiator,
  parentRunId: runs.parentRunId,
  startedAt: runs.startedAt,
  finishedAt: runs.finishedAt,
}

/** A run of the project by its id or its external id. */
export async function findRun(db: Queryable, projectId: string, idOrExternalId: string) {
  const [row] = await db
    .select(columns)
    .from(runs)
    .where(and(eq(runs.projectId, projectId), runNamed(idOrExternalId)))
    .limit(1)
  return row
}

/** Ids begin with `run_` and external ids may not, so a name means one thing. */
export function runNamed(idOrExternalId: string) {
  return idOrExternalId.startsWith('run_') ? eq(runs.id, idOrExternalId) : eq(runs.externalId, idOrExternalId)
}

/** The id of the run so named, as a subquery. */
export function runIdNamed(projectId: string, idOrExternalId: string): SQL {
  return sql`select ${runs.id} from ${runs} where ${runs.projectId} = ${projectId} and ${runNamed(idOrExternalId)}`
}

export type RunFilter = {
  statuses?: RunStatus[] | undefined
  agent?: string | undefined
  /** Begun then or later. */
  since?: Date | undefined
  /** Begun before it. */
  until?: Date | undefined
  /** Which asked for it; a wildcard as in policies takes several. */
  tool?: string | undefined
  /** Text looked for in the ids, the initiator and the beginning of the input, any part of it in any case. */
  q?: string | undefined
  limit: number
  cursor?: string | undefined
}

/** A run of a list, with how its input begins. */
export type ListedRunRecord = RunRecord & { brief?: Brief }
/** So many runs of each status are looked through for a tool or a text. */
const mostLookedAt = 5000
/** Of an input search looks at so many characters. */
const searchedCharacters = 4000

const runTexts = ['input', 'context', 'output', 'error'] as const
type RunText = (typeof runTexts)[number]
/** The long texts that a list of runs is read with. */
export type RunTexts = ReadonlySet<RunText | 'brief'>

/**
 * A page of runs, newest first, as many as its bytes allow. For a tool or a text it looks through the next 5,000 of
 * each status, as far back as those of all reach: it may then be short or empty, and its cursor goes on from there.
 * @param texts the others are null
 * @throws AppError `invalid_cursor`
 */
export async function listRuns(
  db: Queryable,
  projectId: string,
  filter: RunFilter,
  texts: RunTexts = new Set(runTexts),
): Promise<Page<ListedRunRecord>> {
  const after = filter.cursor === undefined ? undefined : decodeCursor('runs', projectId, filter.cursor)
  const isSearch = (filter.tool ?? filter.q) !== undefined
  const { ids, last } = isSearch
    ? await searchedIds(db, projectId, filter, after)
    : { ids: newestIds(projectId, filter, after), last: undefined }
  const order = newestFirst(runs.startedAt, runs.id)
  const read = runTexts.filter((name) => texts.has(name))
  const isWithin = isWithinBytes(
    read.map((name) => bytesOf(runs[name])),
    sql.join(order, sql`, `),
  )
  const text = (name: RunText) => (texts.has(name) ? ifWithin(isWithin, runs[name]) : sql<null>`null`)
  const rows = await db
    .select({
      ...columns,
      input: text('input'),
      context: text('context'),
      output: text('output'),
      error: text('error'),
      ...(texts.has('brief') && {
        brief: sql<Brief>`json_build_object('input', left(${runs.input}, 200), 'output', left(coalesce(${runs.error}, ${runs.output}), 200))`,
      }),
      isWithin,
    })
    .from(runs)
    .where(sql`${runs.id} = any(${ids})`)
    .orderBy(...order)
    .limit(filter.limit + 1)
  const { items, end } = cutPage(rows, filter.limit)
  const place = end ? [end.startedAt.toISOString(), end.id] : last
  return { items, nextCursor: place ? encodeCursor('runs', projectId, place) : null }
}

/** The first `most` of each status by its own index, to be merged. */
function walk(projectId: string, filter: RunFilter, after: string[] | undefined, most: number): SQL {
  const statuses = new Set(filter.statuses ?? runStatus.enumValues)
  const { agent, since, until } = filter
  return sql`
    select w.id, w.started_at, w.n from unnest(${`{${[...statuses].join()}}`}::run_status[]) as s(status)
    cross join lateral (
      select r.id, r.started_at, row_number() over (order by r.started_at desc nulls last, r.id desc nulls last) as n
      from runs r where r.project_id = ${projectId} and r.status = s.status
        ${agent === undefined ? sql`` : sql`and r.agent_name = ${agent}`}
        ${since && sql`and r.started_at >= ${since.toISOString()}::timestamptz`}
        ${until && sql`and r.started_at < ${until.toISOString()}::timestamptz`}
        ${after && sql`and (r.started_at, r.id) < (${after[0]}::timestamptz, ${after[1]})`}
      order by r.started_at desc nulls last, r.id desc nulls last limit ${most}) w`
}

/** The ids of a page and one more of each status. */
function newestIds(projectId: string, filter: RunFilter, after: string[] | undefined): SQL {
  return sql`array(select w.id from (${walk(projectId, filter, after, filter.limit + 1)}) w)`
}

/**
 * The ids of a page and one more that a search finds in what it looks through. Where of a status more lies beyond,
 * what is older than the last of it is left for the next page, or the other statuses would get ahead of it.
 * @returns `last` the place where the search ended, where more may follow
 */
async function searchedIds(
  db: Queryable,
  projectId: string,
  filter: RunFilter,
  after: string[] | undefined,
): Promise<{ ids: SQL; last: string[] | undefined }> {
  const [row] = await db.execute<{ ids: string; at: number | null; id: string | null }>(sql`
    with walked as materialized (${walk(projectId, filter, after, mostLookedAt)}),
    last as (select started_at, id from walked where n = ${mostLookedAt} order by started_at desc, id desc limit 1),
    within as (select w.* from walked w
      where not exists (select from last l where (w.started_at, w.id) < (l.started_at, l.id))
      order by w.started_at desc, w.id desc offset 0),
    hits as (select w.id from within w where ${searched(sql`w.id`, filter)}
      order by w.started_at desc, w.id desc limit ${filter.limit + 1})
    select array(select id from hits)::text as ids, extract(epoch from last.started_at)::float8 * 1000 as at, last.id
    from (select 1) one left join last on true`)
  const last = row?.id && row.at !== null ? [new Date(row.at).toISOString(), row.id] : undefined
  return { ids: sql`${row?.ids ?? '{}'}::text[]`, last }
}

/** Whether a run has such a call, and such a text. */
function searched(id: SQL, { tool, q }: RunFilter): SQL {
  const ofTool =
    tool !== undefined && isWildcard(tool) ? sql`c.tool ~ ${wildcardExpression(tool)}` : sql`c.tool = ${tool}`
  const hasTool =
    tool === undefined
      ? sql`true`
      : sql`exists (select from tool_calls c where c.run_id = ${id} and ${ofTool})`
  const text = sql`lower(concat_ws(chr(31), r.id, r.external_id, r.initiator, left(r.input, ${searchedCharacters}::int)))`
  const hasText =
    q === undefined ? sql`true` : sql`(select ${contains(text, q)} from runs r where r.id = ${id})`
  return sql`${hasTool} and ${hasText}`
}

/** One tool call of a run by the caller's id. */
export async function findToolCallOfRun(db: Queryable, projectId: string, runId: string, toolCallId: string) {
  const [row] = await db
    .select()
    .from(toolCalls)
    .where(
      and(
        eq(toolCalls.projectId, projectId),
        eq(toolCalls.runId, runId),
        eq(toolCalls.toolCallId, toolCallId),
      ),
    )
    .limit(1)
  return row
}

/** Several tool calls of a run by the caller's ids, in no order. */
export async function findToolCallsOfRun(
  db: Queryable,
  projectId: string,
  runId: string,
  toolCallIds: string[],
) {
  return db
    .select()
    .from(toolCalls)
    .where(
      and(
        eq(toolCalls.projectId, projectId),
        eq(toolCalls.runId, runId),
        isOneOf(toolCalls.toolCallId, toolCallIds),
      ),
    )
}

/**
 * The call that an ask without a run made under the caller's id. `isOver` where the id is free again: its run has
 * ended, or it was asked for 24 hours ago. A refusal that ended the run is found for these hours, so that a retry
 * hears of it instead of asking anew, and what may still be decided or claimed for as long as it may.
 */
export async function findToolCallByAskKey(
  db: Queryable,
  projectId: string,
  agentId: string,
  askKey: string,
) {
  const endedRun = sql`(${approvals.onRejection} = 'fail' and ${approvals.status} in ('rejected', 'expired'))`
  const isOpen = sql`(${approvals.status} = 'pending' or (${approvals.status} = 'approved'
    and ${approvals.claimedAt} is null
    and ${approvals.resolvedAt} > clock_timestamp() - make_interval(mins => ${grantMinutes}::int)))`
  const isOver = sql<boolean>`(${runs.finishedAt} is not null and ${endedRun} is not true)
    or (${toolCalls.startedAt} <= clock_timestamp() - interval '24 hours'
      and (${runs.finishedAt} is not null or ${isOpen} is not true))`
  const [row] = await db
    .select({ call: toolCalls, run: { status: runs.status }, isOver })
    .from(toolCalls)
    .innerJoin(runs, eq(runs.id, toolCalls.runId))
    .leftJoin(approvals, eq(approvals.callId, toolCalls.id))
    .where(
      and(eq(toolCalls.projectId, projectId), eq(toolCalls.agentId, agentId), eq(toolCalls.askKey, askKey)),
    )
    .limit(1)
  return row
}

/** The state that the agent left with a run. */
export async function findCheckpoint(db: Queryable, projectId: string, run: string) {
  const [row] = await db
    .select({
      runId: runs.id,
      contentType: checkpoints.contentType,
      body: checkpoints.body,
      version: checkpoints.version,
    })
    .from(runs)
    .leftJoin(checkpoints, eq(checkpoints.runId, runs.id))
    .where(and(eq(runs.projectId, projectId), runNamed(run)))
    .limit(1)
  return row
}
