import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { writeHeldInRun } from '@/db/writes/ask'
import { recordAudit } from '@/lib/audit/record'
import type { Context, KeyActor } from '@/lib/context'
import type { AskResult } from '@/lib/policy/gate'
import { termsText } from '@/lib/policy/terms-text'
import { approvalValues, callValues, newApproval, requested, runValues, type CallRow } from './call-rows'
import type { ApprovalRecord } from '@/db/queries/approvals'
import type { runs } from '@/db/schema/runs'

type RunRow = typeof runs.$inferSelect

/**
 * The latest request of this run for the same tool and params that a person rejected, by the params that were
 * requested. With the run held, so that a decision that is under way comes before or after.
 */
export async function findRejected(tx: Transaction, call: CallRow): Promise<string | undefined> {
  const [row] = await tx.execute<{ id: string }>(sql`
    select a.id from approvals a
    join tool_calls c on c.id = a.call_id
    join decisions d on d.approval_id = a.id and d.is_final and d.decision = 'reject'
    where a.run_id = ${call.runId} and a.project_id = ${call.projectId} and a.tool = ${call.tool}
      and a.status = 'rejected' and c.digest = ${call.digest}
    order by a.resolved_at desc limit 1`)
  return row?.id
}

/**
 * Writes down a call that is refused without asking anybody, because a person rejected the same one: a rejected
 * approval from the start, which never waited, so that whoever knows no more than that does not run it.
 * @param of the request that was rejected
 * @returns undefined where the key may not ask any more
 */
export async function refuseRepeat(
  tx: Transaction,
  ctx: Context<KeyActor>,
  { run, call, judged, now, of }: { run: RunRow; call: CallRow; judged: AskResult; now: Date; of: string },
): Promise<ApprovalRecord | undefined> {
  const asked = newApproval(ctx, run, call, judged, now)
  const terms = termsText(judged.terms && { ...judged.terms, denied: { by: 'repeat', of } })
  const approval = { ...asked, terms, pools: null, nextStepAt: null }
  const values = { key_id: ctx.actor.id, ...runValues(run, run), ...callValues(call) }
  if (!(await writeHeldInRun(tx, { ...values, ...approvalValues(approval) }))) return undefined
  const { id, projectId, tool } = approval
  await tx.execute(sql`
    with denied as (
      update approvals set status = 'rejected', action = 'deny', resolved_at = requested_at
      where id = ${id} and project_id = ${projectId}
    )
    update approval_events set type = 'denied' where approval_id = ${id} and project_id = ${projectId}`)
  await recordAudit(tx, ctx, {
    action: 'approval.denied',
    target: { type: 'approval', id, label: tool },
    detail: {
      agent: run.agentName,
      run_id: run.id,
      tool_call_id: call.toolCallId,
      tool,
      digest: call.digest,
      by: 'repeat',
      of,
    },
  })
  const resolved = { status: 'rejected', action: 'deny', resolvedAt: approval.requestedAt } as const
  return requested(run, call, { ...approval, ...resolved })
}
