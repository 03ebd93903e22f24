import type { ApprovalRecord } from '@/db/queries/approvals'
import { lookAtCall } from '@/db/queries/look'
import { oneOf, statement } from '@/db/statement'
import type { Context } from '@/lib/context'
import { linkBase } from '@/lib/links'
import { itemsThatMayRun } from '@/lib/rights'
import { wake } from '@/lib/wake/wake'
import type { RecordResult } from './record-result'
import type { ToolCall } from './schemas'
import { toolCallToWire } from './wire'

/**
 * The usual result in two statements: one look, then one write that does nothing unless the key may still run
 * and no result is there. Whatever is not usual is left to the way of locks.
 * @returns undefined where nothing was done
 */
export async function recordDirectly(ctx: Context, input: RecordResult): Promise<ToolCall | undefined> {
  const { actor, project } = ctx
  if (actor.type !== 'key') return undefined
  const look = { keyId: actor.id, projectId: project.id, run: input.run, toolCallId: input.toolCallId }
  const seen = await lookAtCall(ctx.db, look)
  if (!seen || !seen.scopes.includes('run') || seen.hasDue) return undefined
  const { call } = seen
  // a left join: all of it is there, or none
  const approval = seen.approval.id === null ? null : (seen.approval as ApprovalRecord)
  const isReleased = !call.required || approval?.claimedAt != null
  if (!isReleased || call.resultStatus !== null) return undefined
  const content = contentOf(input)
  const now = seen.now
  const written = await write(ctx.db, {
    key_id: actor.id,
    project_id: project.id,
    run_id: call.runId,
    call_id: call.id,
    status: content.resultStatus,
    output: content.output,
    error: content.error,
    now: now.toISOString(),
  })
  if (!written) return undefined
  if (approval) {
    approval.resultStatus = content.resultStatus
    wake(ctx.db, [{ projectId: project.id, approvalId: approval.id }])
  }
  return toolCallToWire({ ...call, ...content, endedAt: now, approval }, linkBase(ctx))
}

const write = statement(
  {
    key_id: 'text',
    project_id: 'text',
    run_id: 'text',
    call_id: 'text',
    status: 'result_status',
    output: 'text',
    error: 'text',
    now: 'timestamptz',
  },
  `allowed as materialized (${itemsThatMayRun}),
held as materialized (
  select allowed.* from allowed cross join lateral (
    select id from runs r
    where r.id = allowed.run_id and (r.project_id = allowed.project_id) is true
    for no key update skip locked) seen),
written as (
  update tool_calls c set result_status = held.status, output = held.output, error = held.error, ended_at = held.now
  from held where ${oneOf('c.id', 'held', 'call_id')} and c.run_id = held.run_id and c.result_status is null
  returning held.n)
select n from written`,
  (item) => `${item.run_id}`,
)

/** What the agent told, as it is kept. */
export function contentOf({ status, source }: RecordResult) {
  return { resultStatus: status, output: source.output ?? null, error: source.error ?? null }
}
