import { searchesOf, type Database } from '@/db/client'
import { findApprovalOfCall } from '@/db/queries/approvals'
import { decodeCursor, encodeCursor } from '@/db/queries/cursor'
import { findRun, findToolCallOfRun, listRuns, type RunFilter } from '@/db/queries/runs'
import { findStep, listTrace } from '@/db/queries/trace'
import { readMayLag } from '@/db/replica'
import { searchInTurn } from '@/lib/search-turn'
import { expireBeforeReading } from '@/lib/approvals/expire'
import type { Context } from '@/lib/context'
import type { Approval } from '@/lib/approvals/schemas'
import { pick, wants, type Fields, type Listed } from '@/lib/fields'
import { notFound } from '@/lib/errors'
import { linkBase } from '@/lib/paths'
import {
  CallById,
  Run,
  RunById,
  runFields,
  RunWithSteps,
  RecordedStep,
  StepById,
  ToolCall,
  type RunField,
} from './schemas'
import { runToWire, stepToWire, toolCallToWire, traceStepToWire } from './wire'
import { z } from 'zod'
import { verb } from '@/lib/verb'
import { reader, requireNeed } from '@/lib/need'
import { fieldsOf, listOf, paging, queryMoment, someOf, toolFilter } from '@/lib/query'
import { runStatuses } from './statuses'

/**
 * A run with a page of its trace, by id or external id; what of it is due expires first.
 * @param page `cursor` reads the steps after those of the page that gave it out
 * @param fields the members to give, of the run and of each of its steps: others are missing in the answer, and the
 * texts among them are not read
 * @throws AppError `not_found`, `forbidden`, `invalid_cursor`
 */
export async function readRun(
  ctx: Context,
  idOrExternalId: string,
  page: { cursor?: string | undefined } = {},
  fields?: Fields<RunField>,
): Promise<RunWithSteps> {
  requireNeed(ctx, reader)
  await expireBeforeReading(ctx)
  const record = await findRun(ctx.db, ctx.project.id, idOrExternalId)
  if (!record) throw notFound()
  const { steps, next_cursor } = await readTrace(ctx, record.id, page.cursor, fields)
  return pick({ ...runToWire(record), steps, next_cursor }, fields as Fields<keyof RunWithSteps>)
}

async function readTrace(
  ctx: Context,
  runId: string,
  cursor: string | undefined,
  fields: Fields<RunField>,
): Promise<Pick<RunWithSteps, 'steps' | 'next_cursor'>> {
  if (!wants(fields, 'steps')) return { steps: [], next_cursor: null }
  const { id: projectId } = ctx.project
  const list = `steps:${runId}`
  const [at = '', id = ''] = cursor === undefined ? [] : decodeCursor(list, projectId, cursor)
  const after = cursor === undefined ? undefined : { at: new Date(at), id }
  const texts = new Set([
    ...(['params', 'input', 'output', 'error'] as const).filter((name) => wants(fields, name)),
    ...(fields?.has('brief') ? (['brief'] as const) : []),
  ])
  const { steps, end } = await listTrace(ctx.db, { projectId, runId, after }, texts)
  return {
    steps: steps.map((step) => partOf(traceStepToWire(step, linkBase(ctx)), fields)),
    next_cursor: end ? encodeCursor(list, projectId, [end.at.toISOString(), end.id]) : null,
  }
}

/** A step's members that were asked for; an approval lacks the params that its call lacks, and its context with them. */
function partOf(step: ToolCall | RecordedStep, fields: Fields<RunField>): ToolCall | RecordedStep {
  if (fields === undefined) return step
  if (step.kind !== 'tool') return pick(step, fields as Fields<keyof RecordedStep>)
  const part = pick(step, fields as Fields<keyof ToolCall>)
  if (part.approval && !fields.has('params')) {
    delete (part.approval as Partial<Approval>).params
    delete (part.approval as Partial<Approval>).context
  }
  return part
}

/**
 * A page of runs, newest first, as many as its bytes allow; from a replica it may be some seconds old.
 * @param fields members to give; texts that are not among them are not read
 * @throws AppError `invalid_cursor`, `forbidden`; for a tool or a text also `too_many_searches`
 */
export async function readRuns<K extends keyof Run = keyof Run>(
  ctx: Context,
  filter: RunFilter,
  fields?: Fields<K>,
): Promise<Listed<Pick<Run, K>>> {
  requireNeed(ctx, reader)
  await expireBeforeReading(ctx)
  const texts = new Set([
    ...(['input', 'context', 'output', 'error'] as const).filter((name) => wants<string>(fields, name)),
    ...((fields as Fields<string>)?.has('brief') ? (['brief'] as const) : []),
  ])
  const list = (db: Database) => listRuns(db, ctx.project.id, filter, texts)
  const isSearch = (filter.tool ?? filter.q) !== undefined
  const page = await (isSearch
    ? searchInTurn(ctx, () => readMayLag(ctx.db, (db) => list(searchesOf(db))))
    : readMayLag(ctx.db, list))
  return { items: page.items.map((record) => pick(runToWire(record), fields)), next_cursor: page.nextCursor }
}

/**
 * One tool call by the caller's id, so that an agent that comes back finds where it was.
 * @throws AppError `not_found`, `forbidden`
 */
export async function readToolCall(ctx: Context, run: string, toolCallId: string): Promise<ToolCall> {
  requireNeed(ctx, reader)
  await expireBeforeReading(ctx)
  const record = await findRun(ctx.db, ctx.project.id, run)
  const call = record && (await findToolCallOfRun(ctx.db, ctx.project.id, record.id, toolCallId))
  if (!call) throw notFound()
  const approval = call.required
    ? ((await findApprovalOfCall(ctx.db, ctx.project.id, call.id)) ?? null)
    : null
  return toolCallToWire({ ...call, approval }, linkBase(ctx))
}

/** @throws AppError `not_found`, `forbidden` */
export const readStepVerb = verb(
  {
    summary: 'Read a recorded step',
    need: reader,
    path: StepById,
    output: RecordedStep,
    refuses: ['not_found'],
  },
  async (ctx, { id, step }) => {
    const record = await findStep(ctx.db, ctx.project.id, id, step)
    if (!record) throw notFound()
    return stepToWire(record)
  },
)

export const readRunVerb = verb(
  {
    summary: 'Read a run with its trace',
    need: reader,
    path: RunById,
    query: z.strictObject({
      cursor: paging.cursor,
      fields: fieldsOf(runFields, ['id', 'kind', 'next_cursor'], 'the run and of each of its steps'),
    }),
    output: RunWithSteps,
    refuses: ['not_found', 'too_many_waits'],
    waits: true,
    tagged: true,
  },
  (ctx, { id, cursor, fields }) => readRun(ctx, id, { cursor }, fields),
)

export const readRunsVerb = verb(
  {
    summary: 'List runs',
    need: reader,
    query: z.strictObject({
      ...paging,
      status: someOf(runStatuses),
      agent: z.string().max(200).optional(),
      tool: toolFilter,
      q: z.string().trim().min(1).max(200).optional().meta({
        description:
          'Text in the ids, the initiator or the beginning of the input, any part of it in any case. For a text or a tool the next 5,000 runs of each status are looked through: a page may then be short or empty, and its cursor goes on.',
      }),
      since: queryMoment.optional(),
      until: queryMoment.optional(),
      fields: fieldsOf(Run.keyof().options, ['id']),
    }),
    output: listOf(Run),
    refuses: ['too_many_searches'],
  },
  (ctx, { fields, status: statuses, ...query }) => readRuns(ctx, { ...query, statuses }, fields),
)

export const readToolCallVerb = verb(
  { summary: 'Read a tool call', need: reader, path: CallById, output: ToolCall, refuses: ['not_found'] },
  (ctx, { id, call }) => readToolCall(ctx, id, call),
)
