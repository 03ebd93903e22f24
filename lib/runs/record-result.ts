import { eq } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { findApprovalOfCall, type ApprovalRecord } from '@/db/queries/approvals'
import { findToolCallOfRun, runNamed } from '@/db/queries/runs'
import { toolCalls } from '@/db/schema/runs'
import { recordAudit } from '@/lib/audit/record'
import { renewed, requireAgentKey, type Context } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { canonicalJson } from '@/lib/json/canonical'
import { readJson } from '@/lib/json/strict'
import { linkBase } from '@/lib/links'
import { assertStillAllowed } from '@/lib/rights'
import { inRun, notFound } from './in-run'
import { contentOf, recordDirectly } from './result-direct'
import type { RecordResultInput, ToolCall } from './schemas'
import { toolCallToWire } from './wire'

type CallRow = typeof toolCalls.$inferSelect

/** `source` holds the text of the JSON members in the request. */
export type RecordResult = RecordResultInput & {
  run: string
  toolCallId: string
  source: { output?: string | undefined; error?: string | undefined }
}

/**
 * Records what became of a tool call, once; the same content again is the same answer. A run that has
 * ended still takes the results of calls that were released before.
 * @throws AppError `agent_key_required`, `not_found`, `result_recorded` for other content, `not_claimed`
 * for a gated call that was never claimed (audited as `approval.bypass_suspected`)
 */
export async function recordResult(ctx: Context, input: RecordResult): Promise<ToolCall> {
  const content = contentOf(input)
  return (await recordDirectly(ctx, input, content)) ?? recordUnderLock(await renewed(ctx), input, content)
}

/** The same under the lock of the run, with all that may be in the way of it. */
export async function recordUnderLock(
  ctx: Context,
  input: RecordResult,
  content = contentOf(input),
): Promise<ToolCall> {
  requireAgentKey(ctx, 'run')
  return inRun(ctx, runNamed(input.run), async (tx, locked) => {
    const [, call] = await Promise.all([
      assertStillAllowed(tx, ctx, { scope: 'run' }),
      findToolCallOfRun(tx, ctx.project.id, locked.row.id, input.toolCallId),
    ])
    if (!call) throw notFound()
    const approval = call.required ? ((await findApprovalOfCall(tx, ctx.project.id, call.id)) ?? null) : null
    if (call.required && approval?.claimedAt == null) return suspectBypass(tx, ctx, call, approval)
    if (call.resultStatus !== null) {
      return isSameContent(call, content)
        ? toolCallToWire({ ...call, approval }, linkBase(ctx))
        : new AppError(
            'result_recorded',
            'Another result of this call is recorded; results are kept as first told.',
          )
    }
    await tx
      .update(toolCalls)
      .set({ ...content, endedAt: locked.now })
      .where(eq(toolCalls.id, call.id))
    if (approval) {
      approval.resultStatus = input.status
      locked.wakes.push({ projectId: ctx.project.id, approvalId: approval.id })
    }
    return toolCallToWire({ ...call, ...content, endedAt: locked.now, approval }, linkBase(ctx))
  })
}

type Content = Pick<CallRow, 'resultStatus' | 'output' | 'error' | 'resultDigest'>

/** The same JSON, however it is spelled; all of it, also where it is kept cut. */
function isSameContent(kept: Content, told: Content): boolean {
  if (kept.resultDigest !== null || told.resultDigest !== null) return kept.resultDigest === told.resultDigest
  const form = (text: string | null) => (text === null ? null : canonicalJson(readJson(text)))
  return (
    kept.resultStatus === told.resultStatus &&
    form(kept.output) === form(told.output) &&
    form(kept.error) === form(told.error)
  )
}

async function suspectBypass(
  tx: Transaction,
  ctx: Context,
  call: CallRow,
  approval: ApprovalRecord | null,
): Promise<AppError> {
  await recordAudit(tx, ctx, {
    action: 'approval.bypass_suspected',
    target: { type: 'approval', id: approval?.id ?? call.id, label: call.tool },
    detail: {
      run_id: call.runId,
      tool_call_id: call.toolCallId,
      tool: call.tool,
      digest: call.digest,
      status: approval?.status ?? null,
    },
  })
  return new AppError(
    'not_claimed',
    'This gated call was never claimed, so it may not have run; claim before running a tool.',
  )
}
