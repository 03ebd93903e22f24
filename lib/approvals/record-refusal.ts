import { and, eq } from 'drizzle-orm'
import { isOneOf } from '@/db/one-of'
import { approvalColumns } from '@/db/queries/approvals'
import { approvals } from '@/db/schema/approvals'
import { toolCalls } from '@/db/schema/runs'
import { recordRefusals } from '@/lib/audit/record-refusals'
import type { Context } from '@/lib/context'
import { AppError, type ErrorCode } from '@/lib/errors'
import { isId } from '@/lib/ids'
import type { DecideInput } from './schemas'

/** Who came too late has lost a race; these tried what they may not. */
const recorded = new Set<ErrorCode>([
  'agent_key_cannot_decide',
  'forbidden',
  'own_request',
  'excluded',
  'not_a_reviewer',
  'digest_mismatch',
])

/**
 * Records decisions that were refused for want of a right or because of their digest, one entry for each of the
 * project's approvals that they named, once an hour for each credential and code. It is done before the refusal is answered and by itself, for the refusal
 * has undone whatever was begun.
 * @param refusal what was thrown; anything but such a refusal is left alone
 */
export async function recordRefusedDecisions(
  ctx: Context,
  tried: (DecideInput & { id: string })[],
  refusal: unknown,
): Promise<void> {
  if (!(refusal instanceof AppError) || !recorded.has(refusal.code)) return
  const inputs = new Map(tried.filter(({ id }) => isId('approval', id)).map((input) => [input.id, input]))
  if (inputs.size === 0) return
  const found = await ctx.db
    .select({
      id: approvals.id,
      tool: approvals.tool,
      status: approvals.status,
      agent: approvals.agentName,
      runId: approvals.runId,
      digest: approvalColumns.digest,
    })
    .from(approvals)
    .innerJoin(toolCalls, eq(toolCalls.id, approvals.callId))
    .where(and(eq(approvals.projectId, ctx.project.id), isOneOf(approvals.id, [...inputs.keys()])))
  const { code } = refusal
  const entries = found.map(({ id, tool, runId, ...approval }) => ({
    action: 'approval.decision_refused' as const,
    target: { type: 'approval', id, label: tool },
    detail: {
      ...approval,
      code,
      decision: inputs.get(id)?.decision ?? null,
      sent_digest: inputs.get(id)?.digest ?? null,
      run_id: runId,
    },
  }))
  await recordRefusals(ctx.db, ctx, entries)
}
