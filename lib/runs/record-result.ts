import { isTransaction, type Queryable, type Transaction } from '@/db/client'
import { findApproval, findApprovalOfCall, type ApprovalRecord } from '@/db/queries/approvals'
import { noteUse } from '@/db/queries/credentials'
import { findRun, findToolCallOfRun, runNamed } from '@/db/queries/runs'
import type { toolCalls } from '@/db/schema/runs'
import { writeResultByExternalId, writeResultById } from '@/db/writes/result'
import { requireApprovalId } from '@/lib/approvals/id'
import { ApprovalById } from '@/lib/approvals/schemas'
import { recordAudit } from '@/lib/audit/record'
import { renewed, requireAgentKey, type Context, type KeyActor } from '@/lib/context'
import { AppError, notFound } from '@/lib/errors'
import { canonicalJson } from '@/lib/json/canonical'
import { readJson } from '@/lib/json/read'
import { linkBase } from '@/lib/paths'
import type { Wake } from '@/lib/wake/wake'
import { actInRun } from './in-run'
import { digestOfContent, keep } from './kept'
import { CallById, RecordResultInput, ToolCall } from './schemas'
import { toolCallToWire } from './wire'
import { verb } from '@/lib/verb'

type CallRow = typeof toolCalls.$inferSelect

/** `source` holds the text of the JSON members in the request. */
export type RecordResult = RecordResultInput & {
  run: string
  toolCallId: string
  source: { output?: string | undefined; error?: string | undefined }
}

const need = { scope: 'run' } as const

/**
 * Records what became of a tool call, once; the same content again is the same answer. A run that has
 * ended still takes the results of calls that were released before.
 * @throws AppError `agent_key_required`, `not_found`, `result_recorded` for other content, `not_claimed`
 * for a gated call that was never claimed (audited as `approval.bypass_suspected`)
 */
export async function recordResult(ctx: Context, input: RecordResult): Promise<ToolCall> {
  const content = contentOf(input)
  const { actor } = ctx
  if (actor.type !== 'key') return refuseOthers(ctx)
  const known = { ...ctx, actor }
  return actInRun(
    ctx,
    need,
    () => runNamed(input.run),
    async (db, wakes) => {
      const written = await write(db, known, input, content, wakes)
      if (written) return written
      // Why nothing was written is said of a run that nobody else is at.
      return isTransaction(db) ? refuse(db, known, input, content) : undefined
    },
  )
}

async function refuseOthers(given: Context): Promise<never> {
  requireAgentKey(await renewed(given), 'run')
  throw new Error('a result was refused for no reason')
}

async function write(
  db: Queryable,
  ctx: Context<KeyActor>,
  input: RecordResult,
  content: Content,
  wakes: Wake[],
): Promise<ToolCall | undefined> {
  const { actor, project } = ctx
  const writeIn = input.run.startsWith('run_') ? writeResultById : writeResultByExternalId
  const written = await writeIn(db, {
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
  if (written.isStale) noteUse(ctx.db, actor.id)
  const call = { ...written.call, ...content, endedAt: written.at }
  // a left join: all of it is there, or none
  const approval = written.approval.id === null ? null : (written.approval as ApprovalRecord)
  if (approval) {
    approval.resultStatus = content.resultStatus
    wakes.push({ projectId: project.id, approvalId: approval.id })
  }
  return toolCallToWire({ ...call, approval }, linkBase(ctx))
}

/** @returns undefined where nothing is in the way of it any more */
async function refuse(
  tx: Transaction,
  ctx: Context,
  input: RecordResult,
  content: Content,
): Promise<ToolCall | AppError | undefined> {
  const run = await findRun(tx, ctx.project.id, input.run)
  const call = run && (await findToolCallOfRun(tx, ctx.project.id, run.id, input.toolCallId))
  if (!call) throw notFound()
  const approval = call.required ? ((await findApprovalOfCall(tx, ctx.project.id, call.id)) ?? null) : null
  if (call.required && approval?.claimedAt == null) return suspectBypass(tx, ctx, call, approval)
  if (call.resultStatus === null) return undefined
  return isSameContent(call, content)
    ? toolCallToWire({ ...call, approval }, linkBase(ctx))
    : new AppError(
        'result_recorded',
        'Another result of this call is recorded; results are kept as first told.',
      )
}

type Content = ReturnType<typeof contentOf>

/** The same JSON, however it is spelled; all of it, also where it is kept cut. */
function isSameContent(kept: CallRow, told: Content): boolean {
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

/** What the agent told, as it is kept. */
function contentOf({ status, output, error, source }: RecordResult) {
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

const definition = {
  need,
  input: RecordResultInput,
  recorded: ['output', 'error'],
  source: true,
  output: ToolCall,
  refuses: ['not_found', 'result_recorded', 'not_claimed'],
  bucket: 'claim',
} as const

export const recordResultVerb = verb(
  { ...definition, summary: 'Tell the result of a tool call', path: CallById, proves: true },
  (ctx, { id: run, call: toolCallId, ...input }) => recordResult(ctx, { ...input, run, toolCallId }),
)

export const recordResultOfApprovalVerb = verb(
  { ...definition, summary: 'Tell the result of the tool call that an approval is for', path: ApprovalById },
  async (ctx, { id, ...input }) => {
    requireApprovalId(id)
    const approval = await findApproval(ctx.db, ctx.project.id, id)
    if (!approval) throw notFound()
    const { runId: run, toolCallId } = approval
    return recordResult(ctx, { ...input, run, toolCallId })
  },
)
