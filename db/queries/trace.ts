import { and, eq, getTableColumns, sql, type SQL } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { approvals, decisions } from '@/db/schema/approvals'
import { runs, steps, toolCalls } from '@/db/schema/runs'
import { approvalColumns, endsApproval, type ApprovalRecord } from './approvals'
import { runNamed, type Brief } from './runs'
import { withMore } from './voting'
import { bytesOf, cutPage, isWithinBytes } from './bounded'

export type ToolCallRecord = typeof toolCalls.$inferSelect & {
  approval: ApprovalRecord | null
  brief?: Brief
}
export type StepRecord = typeof steps.$inferSelect & { brief?: Brief }

/** One step of a run's trace. */
export type TraceStep = { kind: 'tool'; call: ToolCallRecord } | { kind: 'step'; step: StepRecord }

/** Where a step stands in its trace. */
export type TracePlace = { at: Date; id: string }

const traceTexts = ['params', 'input', 'output', 'error'] as const
/** The long texts that a trace is read with; `brief`: how they begin. */
export type TraceTexts = ReadonlySet<(typeof traceTexts)[number] | 'brief'>
const briefCharacters = 200

/** So many steps are looked at for a page; with what each takes at least, its bytes end sooner. */
const mostSteps = 8192
/** What an approval adds to its call. */
const approvalBytes = 1536

/**
 * A page of a run's trace: tool calls with their approvals, and recorded steps, in the order of their beginning, as
 * many as its bytes allow.
 * @returns `end` where more follow
 */
export async function listTrace(
  db: Queryable,
  where: { projectId: string; runId: string; after?: TracePlace | undefined },
  texts: TraceTexts,
): Promise<{ steps: TraceStep[]; end?: TracePlace }> {
  const { items, end } = await placesOf(db, where, texts)
  const idsOf = (isCall: boolean) => items.filter((item) => item.isCall === isCall).map(({ id }) => id)
  const [calls, recorded] = await Promise.all([
    callsAt(db, where.projectId, idsOf(true), texts),
    stepsAt(db, where.projectId, idsOf(false), texts),
  ])
  return {
    steps: items.flatMap(({ id }): TraceStep[] => {
      const [call, step] = [calls.get(id), recorded.get(id)]
      if (call) return [{ kind: 'tool', call }]
      return step ? [{ kind: 'step', step }] : []
    }),
    ...(end && { end: { at: new Date(end.at), id: end.id } }),
  }
}

type Place = { id: string; isCall: boolean; at: string; isWithin: boolean }

async function placesOf(
  db: Queryable,
  { projectId, runId, after }: { projectId: string; runId: string; after?: TracePlace | undefined },
  texts: TraceTexts,
) {
  const part = (from: SQL, isCall: boolean, size: SQL) => sql`(
    select s.id, ${sql.raw(String(isCall))} as is_call, s.started_at, ${size} as size from ${from} s
    where s.project_id = ${projectId} and s.run_id = ${runId}
      ${after ? sql`and (s.started_at, s.id) > (${after.at.toISOString()}::timestamptz, ${after.id})` : sql``}
    order by s.started_at, s.id limit ${mostSteps + 1})`
  const brief = texts.has('brief') ? sql.raw(String(2 * briefCharacters)) : sql`0`
  const sum = (names: (typeof traceTexts)[number][]) =>
    sql.join(
      [brief, ...names.filter((name) => texts.has(name)).map((name) => bytesOf(sql.raw(`s.${name}`)))],
      sql` + `,
    )
  // The approval repeats the params, and has the context.
  const context = texts.has('params') ? bytesOf(sql`s.context`) : sql`0`
  const ofApproval = sql`case when s.required
    then ${sql.raw(String(approvalBytes))} + ${sum(['params'])} + ${context} else 0 end`
  const rows = await db.execute<Place>(sql`
    select p.id, p.is_call as "isCall", p.started_at as at,
      ${isWithinBytes([sql`p.size`], sql`p.started_at, p.id`)} as "isWithin"
    from (${part(sql`tool_calls`, true, sql`${sum(['params', 'output', 'error'])} + ${ofApproval}`)}
      union all ${part(sql`steps`, false, sum(['input', 'output']))}) p
    order by p.started_at, p.id limit ${mostSteps + 1}`)
  return cutPage([...rows], mostSteps)
}

/** Of a long text only its beginning is read from where it is kept. */
function briefOf(input: SQL, output: SQL): SQL<Brief> {
  const begin = (text: SQL) => sql`left(${text}, ${sql.raw(String(briefCharacters))})`
  return sql<Brief>`json_build_object('input', ${begin(input)}, 'output', ${begin(output)})`
}

const noText = sql<string | null>`null`

async function callsAt(db: Queryable, projectId: string, ids: string[], texts: TraceTexts) {
  const text = (name: 'params' | 'output' | 'error') =>
    texts.has(name) ? sql<string | null>`${toolCalls[name]}` : sql<null>`null`
  const isOne = and(eq(toolCalls.projectId, projectId), sql`${toolCalls.id} = any(${listed(ids)})`)
  const calls = db
    .select({
      ...getTableColumns(toolCalls),
      params: sql<string>`coalesce(${text('params')}, '{}')`,
      context: noText,
      output: text('output'),
      error: text('error'),
      ...(texts.has('brief') && {
        brief: briefOf(sql`${toolCalls.params}`, sql`coalesce(${toolCalls.error}, ${toolCalls.output})`),
      }),
    })
    .from(toolCalls)
    .where(isOne)
  const ofCalls = db
    .select({
      ...approvalColumns,
      params: sql<string>`'{}'`,
      edited: texts.has('params') ? sql<string | null>`${approvals.editedParams}` : noText,
      ...(!texts.has('params') && { context: noText }),
    })
    .from(approvals)
    .innerJoin(toolCalls, eq(toolCalls.id, approvals.callId))
    .innerJoin(runs, eq(runs.id, approvals.runId))
    .leftJoin(decisions, endsApproval)
    .where(isOne)
  const [found, held] = ids.length === 0 ? [[], []] : await Promise.all([calls, ofCalls])
  const approvalOf = new Map((await withMore(db, held)).map((approval) => [approval.callId, approval]))
  return new Map(
    found.map((call): [string, ToolCallRecord] => {
      const approval = approvalOf.get(call.id)
      if (!approval) return [call.id, { ...call, approval: null }]
      return [call.id, { ...call, approval: { ...approval, params: approval.edited ?? call.params } }]
    }),
  )
}

/** A recorded step of a run, which is named by its id or external id. */
export async function findStep(db: Queryable, projectId: string, run: string, id: string) {
  const [row] = await db
    .select(getTableColumns(steps))
    .from(steps)
    .innerJoin(runs, eq(runs.id, steps.runId))
    .where(and(eq(steps.id, id), eq(steps.projectId, projectId), runNamed(run)))
    .limit(1)
  return row
}

/** The step that the caller told under this id. */
export async function findStepOfCaller(db: Queryable, runId: string, stepId: string | undefined) {
  if (stepId === undefined) return undefined
  const [row] = await db
    .select()
    .from(steps)
    .where(and(eq(steps.runId, runId), eq(steps.stepId, stepId)))
  return row
}

async function stepsAt(db: Queryable, projectId: string, ids: string[], texts: TraceTexts) {
  if (ids.length === 0) return new Map<string, StepRecord>()
  const text = (name: 'input' | 'output') =>
    texts.has(name) ? sql<string | null>`${steps[name]}` : sql<null>`null`
  const found = await db
    .select({
      ...getTableColumns(steps),
      input: text('input'),
      output: text('output'),
      ...(texts.has('brief') && { brief: briefOf(sql`${steps.input}`, sql`${steps.output}`) }),
    })
    .from(steps)
    .where(and(eq(steps.projectId, projectId), sql`${steps.id} = any(${listed(ids)})`))
  return new Map(found.map((step): [string, StepRecord] => [step.id, step]))
}

/** One parameter, however many ids there are. */
function listed(ids: string[]): SQL {
  return sql`array(select json_array_elements_text(${JSON.stringify(ids)}::text::json))`
}
