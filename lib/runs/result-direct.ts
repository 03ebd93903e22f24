import { eq, sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { forEach, given } from '@/db/for-each'
import { approvalColumns, type ApprovalRecord } from '@/db/queries/approvals'
import { touchKey } from '@/db/queries/credentials'
import { approvals, decisions } from '@/db/schema/approvals'
import { runs, toolCalls } from '@/db/schema/runs'
import { oneOf } from '@/db/statement'
import type { Context } from '@/lib/context'
import { linkBase } from '@/lib/links'
import { itemsThatMayRun } from '@/lib/rights'
import { wake } from '@/lib/wake/wake'
import { digestOfContent, keep } from './kept'
import type { RecordResult } from './record-result'
import type { ToolCall } from './schemas'
import { toolCallToWire } from './wire'

/**
 * The usual result in one guarded write: it locks the run, then reads the clock, and does nothing unless the key
 * may still run, the call was released, no result is there, and nothing of the run is past its deadline. Whatever is
 * not usual is left to the way of locks, which also says what is wrong.
 * @returns undefined where nothing was done
 */
export async function recordDirectly(
  ctx: Context,
  input: RecordResult,
  content = contentOf(input),
): Promise<ToolCall | undefined> {
  const { actor, project } = ctx
  if (actor.type !== 'key') return undefined
  const write = input.run.startsWith('run_') ? writeInRunById : writeInRunByExternalId
  const written = await write(ctx.db, {
    key_id: actor.id,
    project_id: project.id,
    run: input.run,
    tool_call_id: input.toolCallId,
    status: content.resultStatus,
    output: content.output,
    error: content.error,
    truncated_bytes: content.truncatedBytes,
    result_digest: content.resultDigest,
  })
  if (!written) return undefined
  if (written.isStale) void touchKey(ctx.db, actor.id).catch(() => {})
  const call = { ...written.call, ...content, endedAt: written.at }
  // a left join: all of it is there, or none
  const approval = written.approval.id === null ? null : (written.approval as ApprovalRecord)
  if (approval) {
    approval.resultStatus = content.resultStatus
    wake(ctx.db, [{ projectId: project.id, approvalId: approval.id }])
  }
  return toolCallToWire({ ...call, approval }, linkBase(ctx))
}

const columns = {
  key_id: 'text',
  project_id: 'text',
  run: 'text',
  tool_call_id: 'text',
  status: 'result_status',
  output: 'text',
  error: 'text',
  truncated_bytes: 'integer',
  result_digest: 'text',
}

type Item = Record<keyof typeof columns, string | number | null>

/** In this order: right, lock, clock, call, result. */
const parts = (isRun: string) => `allowed as materialized (${itemsThatMayRun}),
held as materialized (
  select allowed.*, seen.id as run_id from allowed cross join lateral (
    select r.id from runs r where ${isRun} for no key update skip locked) seen),
clock as materialized (
  select date_trunc('milliseconds', clock_timestamp()) as at, count(*) from held),
released as materialized (
  select held.*, clock.at, call.id as call_id from clock, held cross join lateral (
    select c.id from tool_calls c
    where c.run_id = held.run_id and c.tool_call_id = held.tool_call_id and (c.result_status is null) is true
      and (not c.required or (select a.claimed_at is not null from approvals a where a.call_id = c.id)) is true
    offset 0) call
  where (select true from approvals due where due.run_id = held.run_id
    and (due.status = 'pending' and due.expires_at <= clock.at) is true limit 1) is null),
written as (
  update tool_calls c set result_status = released.status, output = released.output, error = released.error,
    truncated_bytes = released.truncated_bytes, result_digest = released.result_digest, ended_at = released.at
  from released where ${oneOf('c.id', 'released', 'call_id')} and c.result_status is null
  returning released.*)`

/** Selects the call as it was before, with the approval that held it. */
const writeIn = (isRun: string) =>
  forEach(
    columns,
    (select: Database['select']) =>
      select({
        call: toolCalls,
        approval: approvalColumns,
        at: sql`${given('at')}`.mapWith((text: string) => new Date(text)),
        isStale: sql<boolean>`${given('is_stale')}`,
      })
        .from(toolCalls)
        .innerJoin(runs, eq(runs.id, toolCalls.runId))
        .leftJoin(approvals, eq(approvals.callId, toolCalls.id))
        .leftJoin(decisions, eq(decisions.approvalId, approvals.id))
        .where(eq(toolCalls.id, given('call_id'))),
    { parts: parts(isRun), from: 'written', apart: (item: Item) => String(item.run) },
  )

const writeInRunById = writeIn('r.id = allowed.run and (r.project_id = allowed.project_id) is true')
const writeInRunByExternalId = writeIn('r.project_id = allowed.project_id and r.external_id = allowed.run')

/** What the agent told, as it is kept. */
export function contentOf({ status, output, error, source }: RecordResult) {
  const { texts, truncatedBytes } = keep(
    { value: output, source: source.output },
    { value: error, source: source.error },
  )
  const whole = { status, output: output ?? null, error: error ?? null }
  return {
    resultStatus: status,
    output: texts[0] ?? null,
    error: texts[1] ?? null,
    truncatedBytes,
    resultDigest: truncatedBytes === null ? null : digestOfContent(whole),
  }
}
