import { eq, sql } from 'drizzle-orm'
import type { Database } from '../client'
import { forEach, given } from '../for-each'
import { approvalColumns, endsApproval } from '../queries/approvals'
import { itemsOfKeys } from '../rights'
import { approvals, decisions } from '../schema/approvals'
import { runs, toolCalls } from '../schema/runs'
import { oneOf, type Parts } from '../statement'

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
const parts =
  (isRun: string): Parts =>
  (of) => `allowed as materialized (${itemsOfKeys(of, 'run')}),
held as materialized (
  select ${of.hand('allowed', 'is_stale')}, seen.id as run_id from ${of.whole('allowed')} cross join lateral (
    select r.id from runs r where allowed.n > 0 and ${isRun} for no key update skip locked) seen),
clock as materialized (
  select date_trunc('milliseconds', clock_timestamp()) as at, count(*) from held),
released as materialized (
  select ${of.hand('held', 'run_id', 'is_stale')}, clock.at, call.id as call_id from clock, ${of.whole('held')} cross join lateral (
    select c.id from tool_calls c
    where c.run_id = held.run_id and c.tool_call_id = held.tool_call_id and (c.result_status is null) is true
      and (not c.required or (select a.claimed_at is not null from approvals a where a.call_id = c.id)) is true
    offset 0) call
  where (select true from approvals due where due.run_id = held.run_id
    and (due.status = 'pending' and due.expires_at <= clock.at) is true limit 1) is null),
written as (
  update tool_calls c set result_status = released.status, output = released.output, error = released.error,
    truncated_bytes = released.truncated_bytes, result_digest = released.result_digest, ended_at = released.at
  from ${of.whole('released')} where ${oneOf('c.id', 'released', 'call_id')} and c.result_status is null
  returning released.n, released.at, released.call_id, released.is_stale)`

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
        .leftJoin(decisions, endsApproval)
        .where(eq(toolCalls.id, given('call_id'))),
    { parts: parts(isRun), from: 'written', apart: (item: Item) => String(item.run) },
  )

/*
 * What became of a tool call, once, in one statement: nothing is done unless the key may, nobody else holds the run,
 * the call was released and has no result, and nothing of the run is past its deadline. The run is named by its id, or
 * by the project's name for it.
 */
export const writeResultById = writeIn('r.id = allowed.run and (r.project_id = allowed.project_id) is true')
export const writeResultByExternalId = writeIn(
  'r.project_id = allowed.project_id and r.external_id = allowed.run',
)
