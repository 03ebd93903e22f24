import { eq } from 'drizzle-orm'
import { isTransaction, type Queryable } from '@/db/client'
import { findApprovalOfCall, type ApprovalRecord } from '@/db/queries/approvals'
import type { Pause } from '@/db/queries/pause'
import { findToolCallByAskKey, findToolCallOfRun, type RunStatus } from '@/db/queries/runs'
import { toolCalls } from '@/db/schema/runs'
import type { Context, KeyActor } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { linkBase } from '@/lib/paths'
import { agentPaused } from '@/lib/pause/refuse'
import { Asked } from './asked'
import type { CallRow } from './call-rows'
import { expireRuns } from './expire-runs'
import { startAgain } from './start-call'
import { isDue } from './wire'

/** An ask by an id that was used before. */
export type Again = { toolCallId: string; digest: string; startId: string | undefined }
type RunSeen = { status: RunStatus }
type Seen = { agentId: string; run?: (RunSeen & { id: string }) | undefined; pause: Pause | null }
type Outcome = Asked | AppError | undefined

const withoutRun =
  ' Providers use ids again: send run_id, for without it an id means one call of the agent while its run goes on, for 24 hours.'

/**
 * The first answer again. Providers use ids again: one whose call is over is freed, in the transaction that then takes
 * it anew, and the ask goes on.
 */
export async function replay(
  db: Queryable,
  ctx: Context<KeyActor>,
  again: Again,
  { agentId, run, pause }: Seen,
): Promise<Outcome | 'is over'> {
  const { project } = ctx
  const { toolCallId: id } = again
  if (run)
    return replayOf(db, ctx, again, await findToolCallOfRun(db, project.id, run.id, id), run, { pause })
  const earlier = await findToolCallByAskKey(db, project.id, agentId, id)
  if (!earlier) return undefined
  if (!earlier.isOver) return replayOf(db, ctx, again, earlier.call, earlier.run, { mend: withoutRun, pause })
  if (!isTransaction(db)) return undefined
  await db.update(toolCalls).set({ askKey: null }).where(eq(toolCalls.id, earlier.call.id))
  return 'is over'
}

/**
 * The first answer again, of a call that was found.
 * @param of `mend` how another call may avoid the id, beside having its own; `approval` what holds the call, where that
 * is known already; `pause` of its agent, under which a call that needs no approval is refused
 */
export async function replayOf(
  db: Queryable,
  ctx: Context<KeyActor>,
  { digest, startId }: Again,
  call: CallRow | undefined,
  run: RunSeen,
  of: { mend?: string; approval?: ApprovalRecord | undefined; pause: Pause | null },
): Promise<Outcome> {
  if (!call) return undefined
  if (call.digest !== digest) {
    const detail = `This tool_call_id was used for another call; give each call its own.${of.mend ?? ''}`
    return new AppError('idempotency_mismatch', detail)
  }
  if (!call.required) {
    if (of.pause) return agentPaused(ctx, of.pause, 'do not run the tool. Ask again later.')
    const start = await startAgain(db, ctx, call, run.status, startId)
    return start && new Asked(linkBase(ctx), { call, run, start }, true)
  }
  const find = () => findApprovalOfCall(db, ctx.project.id, call.id)
  let approval = of.approval ?? (await find())
  if (approval && isDue(approval) && (await expireRuns(db, [call.runId])).length > 0) approval = await find()
  if (!approval) throw new Error(`gated call ${call.id} has no approval`)
  return new Asked(linkBase(ctx), { call, run, approval }, true)
}
